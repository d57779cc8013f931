type Numbers = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** Elements of a full chunk; a power of two. */
const bits = 16;
const chunkLength = 2 ** bits;
const firstLength = 64;

/**
 * Numbers of which nobody knows how many will come: chunks that are never copied again, the last one growing by
 * doubling, so that a table of 100,000 columns and few rows stays small.
 */
export class GrowingArray<A extends Numbers> {
  readonly #create: (length: number) => A;
  readonly #chunks: A[] = [];
  #last: A;
  #inLast = 0;
  length = 0;

  /** @param create an array of zeros */
  constructor(create: (length: number) => A) {
    this.#create = create;
    this.#last = create(firstLength);
    this.#chunks.push(this.#last);
  }

  push(value: number): void {
    if (this.#inLast === this.#last.length) this.#grow();
    this.#last[this.#inLast++] = value;
    this.length++;
  }

  at(index: number): number {
    return this.#chunks[index >> bits][index & (chunkLength - 1)];
  }

  set(index: number, value: number): void {
    this.#chunks[index >> bits][index & (chunkLength - 1)] = value;
  }

  /** Bytes. */
  get memory(): number {
    return (this.#chunks.length - 1) * chunkLength * this.#last.BYTES_PER_ELEMENT + this.#last.byteLength;
  }

  #grow(): void {
    if (this.#inLast === chunkLength) {
      this.#last = this.#create(chunkLength);
      this.#chunks.push(this.#last);
      this.#inLast = 0;
      return;
    }
    const longer = this.#create(2 * this.#last.length);
    longer.set(this.#last);
    this.#last = longer;
    this.#chunks[this.#chunks.length - 1] = longer;
  }
}

export const growingFloat64 = (): GrowingArray<Float64Array<ArrayBuffer>> =>
  new GrowingArray((length) => new Float64Array(length));
export const growingInt32 = (): GrowingArray<Int32Array<ArrayBuffer>> =>
  new GrowingArray((length) => new Int32Array(length));
export const growingUint16 = (): GrowingArray<Uint16Array<ArrayBuffer>> =>
  new GrowingArray((length) => new Uint16Array(length));
