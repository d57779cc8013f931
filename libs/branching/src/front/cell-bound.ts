// Tested by front-bound.unit.test.ts.
import type { Box } from '@mipnet/bounds';

/** Points x for which row . x + offset >= 0 for each row. */
export interface Rows {
  /** Row-major, rows by inputs. */
  readonly rows: Float64Array;
  readonly offsets: Float64Array;
  /** Largest sum of absolute values of the terms of each row. */
  readonly sizes: Float64Array;
}

/** Turns of an ascent on the multipliers of a cell's rows, one row after the other. */
const turns = 3;

/**
 * A lower bound on objective . x over the points of a box at which rows hold, by multipliers of the rows:
 *
 *     objective . x  >=  objective . x - sum of multiplier_i (row_i . x + offset_i)
 *
 * for multipliers of at least 0; the least value of the right side over the box is at a corner. Every turn finds the
 * best value of one multiplier after the other.
 */
export class CellBound {
  readonly #reduced: Float64Array;
  /** Where in its interval an input with no reduced cost is, 0..1. */
  readonly #fractions: Float64Array;
  #multipliers: Float64Array = new Float64Array(0);
  /** Inputs that a growing multiplier moves, by the multiplier at which it does. */
  readonly #moved: Int32Array;
  readonly #moves: Float64Array;
  /** The minimiser of the last bound; it may miss rows by a little. */
  readonly point: Float64Array;
  /** About the bound of the present multipliers. */
  #reached = -Infinity;
  /** Sum of the last multipliers times the sizes of their rows. */
  size = 0;

  constructor(mostInputs: number) {
    this.#reduced = new Float64Array(mostInputs);
    this.#fractions = new Float64Array(mostInputs);
    this.#moved = new Int32Array(mostInputs);
    this.#moves = new Float64Array(mostInputs);
    this.point = new Float64Array(mostInputs);
  }

  /**
   * @param multipliers where the ascent begins, one for each row; those of the bound at return
   * @param enough a bound above this need not be raised
   */
  least(objective: Float64Array, box: Box, where: Rows, multipliers: Float64Array, enough = Infinity): number {
    const { lower, upper } = box;
    const count = where.offsets.length;
    const n = lower.length;
    this.#multipliers = multipliers;
    const known = this.#value(objective, box, where);
    if (known > enough) {
      this.#measure(where);
      return known;
    }
    this.#fractions.fill(0.5, 0, n);
    this.#reached = -Infinity;
    for (let turn = 0; turn < (count > 1 ? turns : 1); turn++) {
      let isChanged = false;
      for (let i = 0; i < count && !(this.#reached > enough); i++)
        isChanged = this.#raise(i, box, where, enough) || isChanged;
      if (!isChanged || this.#reached > enough) break;
    }
    this.#measure(where);
    for (let q = 0; q < n; q++) {
      const r = this.#reduced[q];
      this.point[q] = r > 0 ? lower[q] : r < 0 ? upper[q] : lower[q] + this.#fractions[q] * (upper[q] - lower[q]);
    }
    return this.#value(objective, box, where);
  }

  #measure({ sizes }: Rows): void {
    this.size = 0;
    for (let i = 0; i < sizes.length; i++) this.size += this.#multipliers[i] * sizes[i];
  }

  /** Gives row i the multiplier that is best beside the others. True if it changes. */
  #raise(i: number, { lower, upper }: Box, { rows, offsets }: Rows, enough: number): boolean {
    const reduced = this.#reduced;
    const n = lower.length;
    const start = i * n;
    const before = this.#multipliers[i];
    let missing = -offsets[i];
    let value = 0;
    for (let other = 0; other < offsets.length; other++)
      if (other !== i) value -= this.#multipliers[other] * offsets[other];
    let moves = 0;
    for (let q = 0; q < n; q++) {
      const a = rows[start + q];
      const r = (reduced[q] += before * a);
      const x = r > 0 ? lower[q] : r < 0 ? upper[q] : a > 0 ? upper[q] : lower[q];
      value += r * x;
      missing -= a * x;
      if (a === 0) continue;
      if (r > 0 === a > 0 && r !== 0) this.#insert(moves++, q, r / a);
    }
    let multiplier = 0;
    for (let m = 0; m < moves && missing > 0; m++) {
      const q = this.#moved[m];
      const gain = Math.abs(rows[start + q]) * (upper[q] - lower[q]);
      const share = gain > 0 ? Math.min(1, missing / gain) : 1;
      this.#fractions[q] = rows[start + q] > 0 ? share : 1 - share;
      value += missing * (this.#moves[m] - multiplier);
      missing -= gain;
      multiplier = this.#moves[m];
    }
    this.#reached = missing > 0 ? Infinity : value;
    // If no point of the box satisfies the row, the bound grows without limit.
    if (missing > 0) multiplier += (10 + Math.abs(enough < Infinity ? enough : 0)) / Math.max(missing, 1e-9);
    for (let q = 0; multiplier !== 0 && q < n; q++) {
      const change = multiplier * rows[start + q];
      const r = reduced[q] - change;
      reduced[q] = Math.abs(r) <= 1e-13 * Math.abs(change) ? 0 : r;
    }
    this.#multipliers[i] = multiplier;
    return multiplier !== before;
  }

  /** Keeps the moves sorted. */
  #insert(count: number, q: number, at: number): void {
    let m = count;
    for (; m > 0 && this.#moves[m - 1] > at; m--) {
      this.#moves[m] = this.#moves[m - 1];
      this.#moved[m] = this.#moved[m - 1];
    }
    this.#moves[m] = at;
    this.#moved[m] = q;
  }

  #value(objective: Float64Array, { lower, upper }: Box, { rows, offsets }: Rows): number {
    const multipliers = this.#multipliers;
    const n = lower.length;
    let sum = 0;
    for (let i = 0; i < offsets.length; i++) sum -= multipliers[i] * offsets[i];
    for (let q = 0; q < n; q++) {
      let r = objective[q];
      for (let i = 0; i < offsets.length; i++) if (multipliers[i] !== 0) r -= multipliers[i] * rows[i * n + q];
      this.#reduced[q] = r;
      sum += r * (r > 0 ? lower[q] : upper[q]);
    }
    return sum;
  }
}
