// Tested by price-neurons.unit.test.ts.
import type { GainRows } from './gain-rows.js';
import type { Terms } from './neuron-pool.js';

/** Most scores that are counted. */
const mostScores = 512;

/** Whether the differences are 0 or 1 and the scores few, as `LastWeights` needs it. */
export const hasFewScores = ({ columns, largest }: GainRows, weights: number): boolean =>
  columns.ones !== null && 2 * weights * largest + 1 <= mostScores;

/** Receives weights to add that give a spread above the limit. @returns the new limit */
export type OnHit = (added: Terms, limit: number) => number;

/**
 * Every way to add one or two more weights to a partial neuron, if `hasFewScores`.
 *
 * Let H_j[s] be the sum of the gains of the rows with score s and a one in column j. With coefficient 1 for j, the
 * rows with score t - 1 and a one leave those below t; with coefficient -1, the rows with score t and a one join them.
 * So for all columns j, both signs and all thresholds, H_j[s] is compared with one interval per s: outside of it the
 * spread is above the limit. Larger coefficients c move windows of |c| scores. A pair (i, a), j needs H of the partial
 * neuron with i, which is H_j[s] - G_j[s] + G_j[s - a] with G from the rows with a one in column i: one pass over these
 * rows serves all a and all j. Intervals that no column can leave are skipped.
 */
export class LastWeights {
  /** Additions so far. */
  work = 0;
  readonly #rows: GainRows;
  readonly #onHit: OnHit;
  /** Scores of a neuron, from the lowest possible one. */
  readonly #size: number;
  readonly #bins: Int32Array;
  /** As `columns` of `Ones`, each times the size. */
  readonly #onesPlaces: Int32Array;
  /** H, and the largest and least H of the column and all later ones; G. Columns x scores. */
  readonly #h: Float64Array;
  readonly #hMost: Float64Array;
  readonly #hLeast: Float64Array;
  readonly #g: Float64Array;
  /** Positive and negative gains per score: of all rows, of those with a one in i, and of all after i. */
  readonly #positive: Float64Array;
  readonly #negative: Float64Array;
  readonly #movedPositive: Float64Array;
  readonly #movedNegative: Float64Array;
  readonly #nextPositive: Float64Array;
  readonly #nextNegative: Float64Array;
  /** Sum of the gains of the scores less than each one, after i. */
  readonly #below: Float64Array;
  /** Windows to scan: coefficient of i, first score, width, and the interval for the limit at that time. */
  readonly #windows: { a: number; first: number; width: number; lower: number; upper: number }[] = [];
  #windowCount = 0;
  #windowLimit = 0;
  #limit = 0;

  /** @param weights most weights of a whole neuron */
  constructor(rows: GainRows, weights: number, onHit: OnHit) {
    const { count, columns, largest } = rows;
    this.#rows = rows;
    this.#onHit = onHit;
    const size = 2 * weights * largest + 1;
    this.#size = size;
    this.#bins = new Int32Array(count);
    this.#onesPlaces = columns.ones!.columns.map((column) => column * size);
    const table = (): Float64Array => new Float64Array((columns.count + 1) * size);
    [this.#h, this.#hMost, this.#hLeast, this.#g] = [table(), table(), table(), table()];
    const perScore = (): Float64Array => new Float64Array(size + 1);
    [this.#positive, this.#movedPositive, this.#nextPositive] = [perScore(), perScore(), perScore()];
    [this.#negative, this.#movedNegative, this.#nextNegative] = [perScore(), perScore(), perScore()];
    this.#below = perScore();
  }

  /** Adds one weight on a column after `last`. @returns the limit at the end */
  one(scores: Int32Array, last: number, limit: number): number {
    this.#limit = limit;
    this.#open(scores, last);
    this.#windowCount = 0;
    this.#windowLimit = limit;
    this.#movedPositive.fill(0);
    this.#movedNegative.fill(0);
    this.#move(0);
    this.#collect(0, last);
    this.#g.fill(0);
    this.#scanWindows(last + 1, none);
    return this.#limit;
  }

  /** Adds one or two weights on columns after `last`. @returns the limit at the end */
  two(scores: Int32Array, last: number, limit: number): number {
    this.#limit = limit;
    this.#open(scores, last);
    const { largest, columns } = this.#rows;
    for (let i = last + 1; i < columns.count; i++) {
      this.#split(i);
      this.#windowCount = 0;
      this.#windowLimit = this.#limit;
      for (let size = 1; size <= largest; size++) {
        for (let a = -size; a <= size; a += 2 * size) {
          if (this.#move(a) > this.#limit) this.#limit = this.#onHit({ columns: [i], coefficients: [a] }, this.#limit);
          if (i + 1 < columns.count) this.#collect(a, i);
        }
      }
      if (this.#windowCount === 0) continue;
      this.#fillPairs(i);
      this.#scanWindows(i + 1, i);
    }
    return this.#limit;
  }

  /** Histograms of the partial neuron. */
  #open(scores: Int32Array, last: number): void {
    const { count, gains, columns } = this.#rows;
    const { columnEnds } = columns.ones!;
    const size = this.#size;
    const [h, places, positive, negative] = [this.#h, this.#onesPlaces, this.#positive, this.#negative];
    h.fill(0, (last + 1) * size);
    positive.fill(0);
    negative.fill(0);
    const end = last * size;
    const middle = (size - 1) / 2;
    for (let r = 0; r < count; r++) {
      const gain = gains[r];
      const bin = scores[r] + middle;
      this.#bins[r] = bin;
      if (gain > 0) positive[bin] += gain;
      else negative[bin] += gain;
      let e = columnEnds[r];
      for (; places[e] > end; e--) h[places[e] + bin] += gain;
      this.work += 1 + columnEnds[r] - e;
    }
    const [most, least] = [this.#hMost, this.#hLeast];
    most.fill(-Infinity, columns.count * size);
    least.fill(Infinity, columns.count * size);
    for (let at = columns.count * size - 1; at >= (last + 1) * size; at--) {
      most[at] = Math.max(h[at], most[at + size]);
      least[at] = Math.min(h[at], least[at + size]);
    }
    this.work += 2 * (columns.count - last - 1) * size;
  }

  /** Gains per score of the rows with a one in column i. */
  #split(i: number): void {
    const { gains, columns } = this.#rows;
    const { rowStarts, rows } = columns.ones!;
    const [positive, negative, bins] = [this.#movedPositive, this.#movedNegative, this.#bins];
    positive.fill(0);
    negative.fill(0);
    const end = rowStarts[i + 1];
    for (let e = rowStarts[i]; e < end; e++) {
      const row = rows[e];
      const gain = gains[row];
      if (gain > 0) positive[bins[row]] += gain;
      else negative[bins[row]] += gain;
    }
    this.work += end - rowStarts[i];
  }

  /** The rows with a one in i move by a. @returns the spread with the best threshold */
  #move(a: number): number {
    const { total } = this.#rows;
    const [positive, negative, below] = [this.#nextPositive, this.#nextNegative, this.#below];
    const [movedPositive, movedNegative] = [this.#movedPositive, this.#movedNegative];
    let [sum, least, most] = [0, 0, 0];
    for (let s = 0; s < this.#size; s++) {
      positive[s] = this.#positive[s] - movedPositive[s];
      negative[s] = this.#negative[s] - movedNegative[s];
      if (s >= a && s - a < this.#size) {
        positive[s] += movedPositive[s - a];
        negative[s] += movedNegative[s - a];
      }
      below[s] = sum;
      sum += positive[s] + negative[s];
      if (sum < least) least = sum;
      else if (sum > most) most = sum;
    }
    below[this.#size] = sum;
    this.work += this.#size;
    return Math.max(2 * most - total, total - 2 * least);
  }

  /**
   * The windows in which the sum of a column after i can leave its interval. Such a sum v takes v from those below the
   * window's end (coefficient `width`), or adds v to those below its start (coefficient -width); both stay within
   * (total - limit) / 2 and (total + limit) / 2 if v is from lower to upper. It is at most the positive gains in the
   * window; and at most the largest H there, without the negative gains that leave, with the positive ones that come.
   */
  #collect(a: number, i: number): void {
    const { total, largest } = this.#rows;
    const [low, high] = [(total - this.#windowLimit) / 2, (total + this.#windowLimit) / 2];
    const [positive, negative, below] = [this.#nextPositive, this.#nextNegative, this.#below];
    const later = (i + 1) * this.#size;
    // Rows stay within one coefficient less than the scores of a whole neuron.
    const end = this.#size - largest;
    for (let first = largest; first < end; first++) {
      let [least, most] = [0, 0];
      for (let width = 1; width <= largest && first + width <= end; width++) {
        const s = first + width - 1;
        most += Math.min(positive[s], this.#hMost[later + s] - this.#movedNegative[s] + this.#movedPositive[s - a]);
        least += Math.max(negative[s], this.#hLeast[later + s] - this.#movedPositive[s] + this.#movedNegative[s - a]);
        const lower = Math.max(below[first + width] - high, low - below[first]);
        const upper = Math.min(below[first + width] - low, high - below[first]);
        if (least < lower || most > upper) this.#push(a, first, { width, lower, upper });
      }
    }
  }

  #push(
    a: number,
    first: number,
    rest: { readonly width: number; readonly lower: number; readonly upper: number },
  ): void {
    this.#windows[this.#windowCount++] = { a, first, ...rest };
  }

  /** Gains per later column and score of the rows with a one in column i. */
  #fillPairs(i: number): void {
    const { gains, columns } = this.#rows;
    const { rowStarts, rows, columnEnds } = columns.ones!;
    const [g, places, bins] = [this.#g, this.#onesPlaces, this.#bins];
    g.fill(0, (i + 1) * this.#size);
    const least = i * this.#size;
    const end = rowStarts[i + 1];
    let added = 0;
    for (let at = rowStarts[i]; at < end; at++) {
      const row = rows[at];
      const gain = gains[row];
      const bin = bins[row];
      const from = columnEnds[row];
      let e = from;
      for (; places[e] > least; e--) g[places[e] + bin] += gain;
      added += from - e;
    }
    this.work += added;
  }

  #scanWindows(from: number, i: number): void {
    const end = this.#rows.columns.count;
    for (let w = 0; w < this.#windowCount; w++) {
      const window = this.#windows[w];
      for (let j = this.#scan(window, from); j < end; j = this.#scan(window, j + 1)) {
        for (const c of [window.width, -window.width]) {
          const added =
            i === none ? { columns: [j], coefficients: [c] } : { columns: [i, j], coefficients: [window.a, c] };
          this.#limit = this.#onHit(added, this.#limit);
        }
      }
    }
  }

  /** The first column from `from` on whose sum over the window is outside of the interval. */
  #scan(window: { a: number; first: number; width: number; lower: number; upper: number }, from: number): number {
    const [h, g, size, columns] = [this.#h, this.#g, this.#size, this.#rows.columns.count];
    const { a, first, width } = window;
    // A limit that has risen widens the interval.
    const risen = (this.#limit - this.#windowLimit) / 2;
    const [lower, upper] = [window.lower - risen, window.upper + risen];
    this.work += (columns - from) * width;
    if (width === 1) {
      for (let j = from, at = from * size + first; j < columns; j++, at += size) {
        const sum = h[at] - g[at] + g[at - a];
        if (sum < lower || sum > upper) return j;
      }
      return columns;
    }
    for (let j = from; j < columns; j++) {
      let sum = 0;
      for (let at = j * size + first, s = 0; s < width; s++, at++) sum += h[at] - g[at] + g[at - a];
      if (sum < lower || sum > upper) return j;
    }
    return columns;
  }
}

/** Instead of column i if there is none. */
const none = -1;
