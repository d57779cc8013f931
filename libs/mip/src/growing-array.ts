/** A typed array that doubles when full: appending is amortised constant time and holds no boxed numbers. */
export class GrowingArray<T extends Float64Array | Int32Array | Uint8Array> {
  #data: T;
  #length = 0;

  constructor(
    private readonly make: (length: number) => T,
    capacity = 64,
  ) {
    this.#data = make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) this.#grow();
    this.#data[this.#length++] = value;
  }

  at(index: number): number {
    return this.#data[index];
  }

  set(index: number, value: number): void {
    this.#data[index] = value;
  }

  /** A copy of exactly the values pushed. */
  toArray(): T {
    return this.#data.slice(0, this.#length) as T;
  }

  #grow(): void {
    const bigger = this.make(Math.max(1, 2 * this.#data.length));
    bigger.set(this.#data);
    this.#data = bigger;
  }
}
