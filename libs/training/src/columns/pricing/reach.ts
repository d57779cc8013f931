// Tested by price-neurons.unit.test.ts.
import type { GainRows } from './gain-rows.js';
import { ThresholdSums } from './threshold-sums.js';

/**
 * How far more weights can move the score of a row, and the bound that follows. With r more weights on later columns a
 * score moves by at most `largest` times the r largest differences of the row there, in both directions. For a
 * threshold t, the rows that stay below it whatever the weights are, together with the undecided rows of positive gain,
 * have the largest sum that can be below t; with the undecided rows of negative gain they have the smallest.
 */
export class Reach {
  /** Additions so far. */
  work = 0;
  readonly #rows: GainRows;
  readonly #most: number;
  readonly #keys: Int32Array;
  readonly #sums: ThresholdSums;
  /** If all differences are 0 or 1: ones of a row after a column, at most `most`; columns x rows. */
  readonly #onesAfter: Uint8Array | null;
  /** Otherwise: of each row the largest differences after the lead, descending, `most` per row. */
  readonly #largest: Int32Array;
  #next: number;

  constructor(rows: GainRows, most: number) {
    this.#rows = rows;
    this.#most = most;
    this.#keys = new Int32Array(rows.count);
    this.#sums = new ThresholdSums(rows.count);
    this.#onesAfter = rows.columns.ones ? onesAfter(rows, Math.min(most, 255)) : null;
    this.#largest = new Int32Array(this.#onesAfter ? 0 : rows.count * most);
    this.#next = rows.columns.count;
  }

  /** Prepares for partial neurons that begin with the lead; leads come in descending order. */
  after(lead: number): void {
    if (this.#onesAfter) return;
    const { count, columns } = this.#rows;
    for (; this.#next > lead + 1; this.#next--) {
      const start = (this.#next - 1) * count;
      for (let row = 0; row < count; row++) this.#insert(row, columns.differences![start + row]);
      this.work += count;
    }
  }

  /** Keeps the largest differences of a row in descending order. */
  #insert(row: number, difference: number): void {
    const [start, end] = [row * this.#most, (row + 1) * this.#most];
    let at = end - 1;
    if (this.#largest[at] >= difference) return;
    for (; at > start && this.#largest[at - 1] < difference; at--) this.#largest[at] = this.#largest[at - 1];
    this.#largest[at] = difference;
  }

  /** No neuron that extends one with these scores by at most `more` weights after column `last` has a larger spread. */
  bound(scores: Int32Array, last: number, more: number): number {
    const { count, gains, total } = this.#rows;
    for (let row = 0; row < count; row++) {
      const reach = this.#of(row, last, more);
      this.#keys[row] = scores[row] + (gains[row] > 0 ? -reach : reach);
    }
    this.work += 2 * count + this.#sums.run(this.#keys, gains);
    const most = 2 * this.#sums.most - total;
    for (let row = 0; row < count; row++) this.#keys[row] = 2 * scores[row] - this.#keys[row];
    this.work += this.#sums.run(this.#keys, gains);
    return Math.max(most, total - 2 * this.#sums.least);
  }

  #of(row: number, last: number, more: number): number {
    const { largest, count } = this.#rows;
    if (this.#onesAfter) return largest * Math.min(more, this.#onesAfter[last * count + row]);
    let sum = 0;
    for (let at = row * this.#most; at < row * this.#most + more; at++) sum += this.#largest[at];
    return largest * sum;
  }
}

function onesAfter({ count, columns }: GainRows, most: number): Uint8Array {
  const { rowStarts, rows } = columns.ones!;
  const after = new Uint8Array(columns.count * count);
  for (let j = columns.count - 2; j >= 0; j--) {
    after.copyWithin(j * count, (j + 1) * count, (j + 2) * count);
    for (let e = rowStarts[j + 1]; e < rowStarts[j + 2]; e++) {
      const at = j * count + rows[e];
      if (after[at] < most) after[at]++;
    }
  }
  return after;
}
