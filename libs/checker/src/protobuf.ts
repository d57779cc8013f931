// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { refuse } from './refusal.js';

/** Reads the encoding of protobuf, protobuf.dev/programming-guides/encoding. */
class Reader {
  #at = 0;

  constructor(readonly source: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at === this.source.length;
  }

  bytes(count: number): Uint8Array {
    if (!(count >= 0 && this.#at + count <= this.source.length)) refuse('the network is not an ONNX file');
    this.#at += count;
    return this.source.subarray(this.#at - count, this.#at);
  }

  /** A whole number of 64 bits: seven per byte, the lowest first; the last byte is below 128. */
  whole(): number {
    let [value, shift, byte] = [0n, 0n, 128];
    for (; byte >= 128 && shift < 70n; shift += 7n) {
      [byte] = this.bytes(1);
      value |= BigInt(byte & 127) << shift;
    }
    return Number(BigInt.asIntN(64, value));
  }
}

/** A message: the values of its fields by their numbers, which are whole numbers or bytes. */
export class Message {
  readonly #fields = new Map<number, (number | Uint8Array)[]>();

  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    while (!reader.isAtEnd) {
      const key = reader.whole();
      const [field, kind] = [Math.floor(key / 8), key % 8];
      const values = this.#fields.get(field) ?? [];
      if (kind === 0) values.push(reader.whole());
      else if (kind === 1) values.push(reader.bytes(8));
      else if (kind === 2) values.push(reader.bytes(reader.whole()));
      else if (kind === 5) values.push(reader.bytes(4));
      else refuse('the network is not an ONNX file');
      this.#fields.set(field, values);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** The bytes of each value. */
  all(field: number): Uint8Array[] {
    const values = this.#fields.get(field) ?? [];
    return values.map((value) => (typeof value === 'number' ? refuse('the network is not an ONNX file') : value));
  }

  messages(field: number): Message[] {
    return this.all(field).map((bytes) => new Message(bytes));
  }

  texts(field: number): string[] {
    return this.all(field).map((bytes) => new TextDecoder().decode(bytes));
  }

  /** Whole numbers, one by one or packed. */
  wholes(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => {
      if (typeof value === 'number') return [value];
      const [reader, found] = [new Reader(value), [] as number[]];
      while (!reader.isAtEnd) found.push(reader.whole());
      return found;
    });
  }

  /** Numbers of `size` bytes that `read` takes from a place, one by one or packed. */
  numbers(field: number, size: number, read: (view: DataView, offset: number) => number): Float64Array {
    const parts = this.all(field).map(({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length));
    const counts = parts.map(({ byteLength }) => Math.floor(byteLength / size));
    const all = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let used = 0;
    parts.forEach((part, p) => {
      for (let i = 0; i < counts[p]; i++) all[used++] = read(part, i * size);
    });
    return all;
  }
}
