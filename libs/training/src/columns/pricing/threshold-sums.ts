// Tested by price-neurons.unit.test.ts.

/**
 * All thresholds of one neuron at once. Of the rows that a threshold leaves below it, the sum of the gains is a prefix
 * sum over the rows in the order of their keys; this gives the smallest and the largest of them. Keys in a short range
 * are counted, others are sorted.
 */
export class ThresholdSums {
  /** Smallest sum of gains below a threshold, at most 0: no row may be below it. */
  least = 0;
  /** The largest key below that threshold; -Infinity if it lies below all. */
  leastAfter = -Infinity;
  most = 0;
  mostAfter = -Infinity;
  readonly #count: number;
  #bins = new Float64Array(256);
  readonly #packed: Float64Array;

  constructor(count: number) {
    this.#count = count;
    this.#packed = new Float64Array(count);
  }

  /** @returns additions */
  run(keys: Int32Array, gains: Float64Array): number {
    this.least = this.most = 0;
    this.leastAfter = this.mostAfter = -Infinity;
    const count = this.#count;
    if (count === 0) return 0;
    let low = keys[0];
    let high = keys[0];
    for (let i = 1; i < count; i++) {
      if (keys[i] < low) low = keys[i];
      else if (keys[i] > high) high = keys[i];
    }
    if (high - low <= 8 * count + 64) {
      this.#counted(keys, gains, low, high);
      return count + (high - low);
    }
    this.#sorted(keys, gains, low);
    // About what sorting costs.
    return count * (1 + Math.ceil(Math.log2(count)));
  }

  #counted(keys: Int32Array, gains: Float64Array, low: number, high: number): void {
    const size = high - low + 1;
    if (this.#bins.length < size) this.#bins = new Float64Array(2 * size);
    const bins = this.#bins;
    bins.fill(0, 0, size);
    for (let i = 0; i < this.#count; i++) bins[keys[i] - low] += gains[i];
    let sum = 0;
    for (let bin = 0; bin < size; bin++) {
      if (bins[bin] === 0) continue;
      sum += bins[bin];
      this.#note(sum, low + bin);
    }
  }

  #sorted(keys: Int32Array, gains: Float64Array, low: number): void {
    const count = this.#count;
    const packed = this.#packed;
    for (let i = 0; i < count; i++) packed[i] = (keys[i] - low) * count + i;
    packed.sort();
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const key = Math.floor(packed[at] / count);
      sum += gains[packed[at] - key * count];
      if (at + 1 < count && packed[at + 1] < (key + 1) * count) continue;
      this.#note(sum, key + low);
    }
  }

  #note(sum: number, key: number): void {
    if (sum < this.least) {
      this.least = sum;
      this.leastAfter = key;
    } else if (sum > this.most) {
      this.most = sum;
      this.mostAfter = key;
    }
  }

  /** Largest |sum of gains above - sum of gains below|. */
  spread(total: number): number {
    return Math.max(2 * this.most - total, total - 2 * this.least);
  }
}
