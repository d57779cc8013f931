// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import protobuf from 'protobufjs/minimal.js';
import { refuse } from './refusal.js';

/** How a value is encoded: a whole number, 8 bytes, bytes with their count before them, or 4 bytes. */
const kinds = { whole: 0, eight: 1, bytes: 2, four: 5 } as const;

interface Field {
  readonly kind: number;
  readonly value: number | Uint8Array;
}

/** Calls `next`, which reads one value, until the end. */
function read(bytes: Uint8Array, next: (reader: protobuf.Reader) => void): void {
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len) next(reader);
  } catch {
    refuse('the network is not an ONNX file');
  }
}

/** protobufjs gives 64 bits as an object, if there is a package for it. */
const whole = (reader: protobuf.Reader): number => Number(reader.int64());

/** A message: the values of its fields by their numbers. A field is read as it is encoded, or refused. */
export class Message {
  readonly #fields = new Map<number, Field[]>();

  constructor(bytes: Uint8Array) {
    read(bytes, (reader) => {
      const key = whole(reader);
      const [field, kind] = [Math.floor(key / 8), key % 8];
      const values = this.#fields.get(field) ?? [];
      const skipped = (count: number): Uint8Array => bytes.subarray(reader.pos, reader.skip(count).pos);
      if (kind === kinds.whole) values.push({ kind, value: whole(reader) });
      else if (kind === kinds.eight) values.push({ kind, value: skipped(8) });
      else if (kind === kinds.bytes) values.push({ kind, value: reader.bytes() });
      else if (kind === kinds.four) values.push({ kind, value: skipped(4) });
      else refuse('the network is not an ONNX file');
      this.#fields.set(field, values);
    });
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** The bytes of each value. */
  all(field: number): Uint8Array[] {
    return this.#values(field, kinds.bytes) as Uint8Array[];
  }

  messages(field: number): Message[] {
    return this.all(field).map((bytes) => new Message(bytes));
  }

  texts(field: number): string[] {
    return this.all(field).map((bytes) => new TextDecoder().decode(bytes));
  }

  /** A whole number of a field that may occur once. */
  whole(field: number): number | undefined {
    return only(this.#values(field, kinds.whole) as number[]);
  }

  /** Whole numbers, one by one or packed. */
  wholes(field: number): number[] {
    return this.#values(field, kinds.whole, kinds.bytes).flatMap((value) => {
      if (typeof value === 'number') return [value];
      const found: number[] = [];
      read(value, (reader) => found.push(whole(reader)));
      return found;
    });
  }

  /** A float32 number of a field that may occur once. */
  float(field: number): number | undefined {
    const bytes = only(this.#values(field, kinds.four) as Uint8Array[]);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }

  /** Numbers of `size` bytes that `read` takes from a place, one by one or packed. */
  numbers(field: number, size: 4 | 8, read: (view: DataView, offset: number) => number): Float64Array {
    const values = this.#values(field, kinds.bytes, size === 4 ? kinds.four : kinds.eight) as Uint8Array[];
    const parts = values.map(({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length));
    const counts = parts.map(({ byteLength }) => Math.floor(byteLength / size));
    const all = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let used = 0;
    parts.forEach((part, p) => {
      for (let i = 0; i < counts[p]; i++) all[used++] = read(part, i * size);
    });
    return all;
  }

  #values(field: number, ...asked: number[]): (number | Uint8Array)[] {
    return (this.#fields.get(field) ?? []).map(({ kind, value }) =>
      asked.includes(kind) ? value : refuse('the network is not an ONNX file'),
    );
  }
}

/** The value of a field that may occur once. */
export function only<Of>(values: readonly Of[]): Of | undefined {
  return values.length > 1 ? refuse('the network has a field twice that may occur once') : values[0];
}
