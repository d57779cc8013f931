// Tested by price-neurons.unit.test.ts.
import { addColumn, type GainRows } from './gain-rows.js';
import { hasFewScores } from './last-weights.js';
import { ThresholdSums } from './threshold-sums.js';

export interface Extension {
  readonly column: number;
  readonly coefficient: number;
  readonly spread: number;
}

/**
 * The best single weight to add to a neuron, for every column at once. With few scores, one weighted
 * histogram of the scores per column serves all weights and thresholds: with C(t) the sum of the gains of the rows
 * with a score below t, and C_j(t) that of those with a one in column j, the rows below t after adding c * column j sum
 * up to C(t) - C_j(t) + C_j(t - c).
 */
export class Extensions {
  /** Additions so far. */
  work = 0;
  readonly #rows: GainRows;
  readonly #sums: ThresholdSums;
  readonly #next: Int32Array;
  readonly #coefficients: readonly number[];
  readonly #spreads: Float64Array;
  readonly #chosen: Int32Array;
  readonly #isCounted: boolean;
  #bins = new Float64Array(0);

  /** @param weights most weights of a whole neuron */
  constructor(rows: GainRows, weights: number) {
    this.#isCounted = hasFewScores(rows, weights);
    this.#rows = rows;
    this.#sums = new ThresholdSums(rows.count);
    this.#next = new Int32Array(rows.count);
    this.#coefficients = searchedCoefficients(rows.largest);
    this.#spreads = new Float64Array(rows.columns.count);
    this.#chosen = new Int32Array(rows.columns.count);
  }

  /**
   * The best coefficient of each column below `end`, largest spread first.
   * @param scores of the neuron that is extended
   */
  best(scores: Int32Array, end: number, most: number): Extension[] {
    this.#spreads.fill(-1);
    if (this.#isCounted) this.#byHistogram(scores, end);
    else this.#oneByOne(scores, end);
    const order = Array.from({ length: end }, (_, column) => column).sort(
      (a, b) => this.#spreads[b] - this.#spreads[a] || a - b,
    );
    return order.slice(0, most).map((column) => ({
      column,
      coefficient: this.#chosen[column],
      spread: this.#spreads[column],
    }));
  }

  #byHistogram(scores: Int32Array, end: number): void {
    const { count, gains, total, columns, largest } = this.#rows;
    const { columnEnds, columns: ones } = columns.ones!;
    let [low, high] = [0, 0];
    for (let i = 0; i < count; i++) {
      if (scores[i] < low) low = scores[i];
      else if (scores[i] > high) high = scores[i];
    }
    // Bin 0 is the score low - largest, so that t - c is never outside for the thresholds of interest.
    const size = high - low + 2 * largest + 2;
    const width = columns.count;
    if (this.#bins.length < size * (width + 1)) this.#bins = new Float64Array(2 * size * (width + 1));
    const bins = this.#bins;
    bins.fill(0, 0, size * (width + 1));
    const whole = size * width;
    // One bin later: the prefix sums below are over the scores less than t.
    const shift = largest - low + 1;
    for (let i = 0; i < count; i++) {
      const gain = gains[i];
      const bin = scores[i] + shift;
      bins[whole + bin] += gain;
      const base = bin * width;
      for (let e = columnEnds[i]; ones[e] >= 0; e--) bins[base + ones[e]] += gain;
    }
    for (let at = width; at < size * width; at++) bins[at] += bins[at - width];
    for (let bin = 1; bin < size; bin++) bins[whole + bin] += bins[whole + bin - 1];
    for (const c of this.#coefficients) {
      for (let t = 0; t < size; t++) {
        const all = 2 * bins[whole + t] - total;
        const [stay, move] = [t * width, Math.min(Math.max(t - c, 0), size - 1) * width];
        for (let j = 0; j < end; j++) {
          const difference = all + 2 * (bins[move + j] - bins[stay + j]);
          const spread = difference < 0 ? -difference : difference;
          if (spread <= this.#spreads[j]) continue;
          this.#spreads[j] = spread;
          this.#chosen[j] = c;
        }
      }
    }
    this.work += ones.length + size * end * (1 + this.#coefficients.length);
  }

  #oneByOne(scores: Int32Array, end: number): void {
    const { gains, total } = this.#rows;
    for (let j = 0; j < end; j++) {
      for (const c of this.#coefficients) {
        this.#next.set(scores);
        this.work += addColumn(this.#rows, this.#next, j, c) + this.#sums.run(this.#next, gains);
        const spread = this.#sums.spread(total);
        if (spread <= this.#spreads[j]) continue;
        this.#spreads[j] = spread;
        this.#chosen[j] = c;
      }
    }
  }
}

/** All coefficients up to 4 in absolute value, then powers of two and the largest. */
function searchedCoefficients(largest: number): number[] {
  const sizes = new Set<number>([largest]);
  for (let size = 1; size <= largest; size = size < 4 ? size + 1 : 2 * size) sizes.add(size);
  return [...sizes].sort((a, b) => a - b).flatMap((size) => [size, -size]);
}
