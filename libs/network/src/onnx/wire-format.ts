// Tested by wire-format.unit.test.ts.
import protobuf from 'protobufjs/minimal.js';

/** How protocol buffers write a number, a text or bytes. */
const wireTypes = { int32: 0, int64: 0, double: 1, string: 2, bytes: 2, float: 5 } as const;
type Scalar = keyof typeof wireTypes;

/**
 * A field of a message: a scalar or the name of a message, its number, and whether it is a list. `choice`: one of
 * several fields, whose 0 is kept apart from nothing written; for any other field both are the same.
 */
export type Field = readonly [type: string, id: number, rule?: 'repeated' | 'choice'];

/** Messages by their names, and their fields by theirs, in the order of their numbers. */
export type Messages = Readonly<Record<string, Readonly<Record<string, Field>>>>;

export type Message = Record<string, unknown>;

type Reader = protobuf.Reader;

/**
 * Messages of protocol buffers, read and written as a schema says. Of protobufjs only the reader and the writer of
 * single values are used: its classes for schemas write a program for each message first, which takes longer than to
 * read a model of a megabyte.
 */
export class WireFormat {
  readonly #messages: Messages;
  readonly #byNumber: ReadonlyMap<string, ReadonlyMap<number, readonly [name: string, field: Field]>>;

  constructor(messages: Messages) {
    this.#messages = messages;
    this.#byNumber = new Map(
      Object.entries(messages).map(([type, fields]) => [
        type,
        new Map(Object.entries(fields).map(([name, field]) => [field[1], [name, field] as const])),
      ]),
    );
  }

  /** @throws an Error of the reader if the bytes are cut off or malformed */
  decode(type: string, bytes: Uint8Array): Message {
    const reader = protobuf.Reader.create(bytes);
    return this.#read(type, reader, reader.len, {});
  }

  /** Fields are written in the order of their numbers, so equal messages have equal bytes. */
  encode(type: string, message: object): Uint8Array {
    const writer = protobuf.Writer.create();
    this.#write(type, writer, message as Message);
    return Uint8Array.from(writer.finish());
  }

  #read(type: string, reader: Reader, length: number, message: Message): Message {
    const around = reader.len;
    const end = reader.pos + length;
    if (end > around) throw new RangeError('a part is longer than what contains it');
    reader.len = end;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const wireType = tag & 7;
      const [name, field] = this.#byNumber.get(type)!.get(tag >>> 3) ?? [];
      if (name === undefined || !this.#readField(field!, name, reader, wireType, message)) reader.skipType(wireType);
    }
    if (reader.pos !== end) throw new RangeError('a value is longer than what contains it');
    reader.len = around;
    return message;
  }

  /** @returns whether the field is written in a way that it can be read in; if not, it is skipped */
  #readField([type, , rule]: Field, name: string, reader: Reader, wireType: number, message: Message): boolean {
    const isPacked = wireType === 2 && rule === 'repeated' && isNumber(type);
    if (!isPacked && wireType !== (isScalar(type) ? wireTypes[type] : 2)) return false;
    if (rule === 'repeated') {
      const list = (message[name] ??= []) as unknown[];
      if (isPacked) {
        const end = reader.uint32() + reader.pos;
        while (reader.pos < end) list.push(scalar(type, reader));
        if (reader.pos !== end) throw new RangeError('a number is longer than what contains it');
        if (list.length === 0) delete message[name];
      } else list.push(isScalar(type) ? scalar(type, reader) : this.#read(type, reader, reader.uint32(), {}));
    } else if (!isScalar(type))
      message[name] = this.#read(type, reader, reader.uint32(), (message[name] ?? {}) as Message);
    else {
      const value = scalar(type, reader);
      if (rule === 'choice' || !isDefault(value)) message[name] = value;
      else delete message[name];
    }
    return true;
  }

  #write(type: string, writer: protobuf.Writer, message: Message): void {
    for (const [name, [own, id, rule]] of Object.entries(this.#messages[type])) {
      const value = message[name];
      if (value === undefined || value === null) continue;
      if (rule === 'repeated') {
        const list = value as readonly unknown[];
        if (list.length === 0) continue;
        if (isNumber(own)) {
          writer.uint32((id << 3) | 2).fork();
          for (const one of list) writer[own](one as number);
          writer.ldelim();
        } else for (const one of list) this.#writeValue(own, id, writer, one);
      } else if (rule === 'choice' || !isDefault(value)) this.#writeValue(own, id, writer, value);
    }
  }

  #writeValue(type: string, id: number, writer: protobuf.Writer, value: unknown): void {
    writer.uint32(((id << 3) | (isScalar(type) ? wireTypes[type] : 2)) >>> 0);
    if (isScalar(type)) writer[type](value as never);
    else {
      writer.fork();
      this.#write(type, writer, value as Message);
      writer.ldelim();
    }
  }
}

const isScalar = (type: string): type is Scalar => type in wireTypes;
const isNumber = (type: string): type is Exclude<Scalar, 'string' | 'bytes'> => isScalar(type) && wireTypes[type] !== 2;

/** Whole numbers of 64 bits become the nearest float64. */
function scalar(type: Scalar, reader: Reader): unknown {
  const value = type === 'string' ? reader.stringVerify() : reader[type]();
  return type === 'int64' && typeof value !== 'number' ? Number(value) : value;
}

/** What is not written: 0, but not -0, and what is empty. */
const isDefault = (value: unknown): boolean =>
  typeof value === 'number' ? Object.is(value, 0) : (value as { readonly length?: number }).length === 0;
