// Tested by price-neurons.unit.test.ts.
import type { Family } from '../family.js';
import type { Neuron } from '../neuron.js';
import { edgeOfSpread } from './edge.js';
import { addColumn, type GainRows } from './gain-rows.js';
import type { PricedNeuron } from './pricing-task.js';
import { ThresholdSums } from './threshold-sums.js';

/** The weights of a neuron: coefficients of columns of `GainRows`, in any order. */
export interface Terms {
  readonly columns: readonly number[];
  readonly coefficients: readonly number[];
}

interface Pooled {
  readonly terms: Terms;
  /** It fires on the rows with a larger score; -Infinity: on all. */
  readonly after: number;
  readonly neuron: Neuron;
  readonly spread: number;
  readonly fires: Uint8Array;
}

/** Two neurons that agree on more than this fraction of the absolute gains count as alike. */
const alike = 0.95;
/** A neuron unlike the others is preferred down to this fraction of the best edge. */
const worthwhile = 0.8;

/** The best neurons found so far, no two with the same rows (or with exactly the other rows). */
export class NeuronPool {
  /** Largest spread so far. */
  best = 0;
  readonly #rows: GainRows;
  readonly #activation: Family['activation'];
  readonly #most: number;
  readonly #capacity: number;
  /** The largest spreads, descending, at most `most`. */
  readonly #largest: number[] = [];
  /** By a hash of their rows. */
  readonly #pooled = new Map<number, Pooled[]>();
  #size = 0;
  readonly #offered = new Set<string>();
  readonly #scores: Int32Array;
  readonly #sums: ThresholdSums;
  /** Spread of the worst one if the pool is full. */
  #entry = 0;

  constructor(rows: GainRows, activation: Family['activation'], most: number) {
    this.#rows = rows;
    this.#activation = activation;
    this.#most = most;
    this.#capacity = 4 * most;
    this.#scores = new Int32Array(rows.count);
    this.#sums = new ThresholdSums(rows.count);
  }

  /** A neuron with a larger spread is among the `most` best. */
  get threshold(): number {
    return this.#largest[this.#most - 1] ?? 0;
  }

  /** Whether a neuron with this spread would be kept. */
  wants(spread: number): boolean {
    return spread > this.#entry;
  }

  /** With the best threshold. */
  spreadOf({ columns, coefficients }: Terms): number {
    this.#scores.fill(0);
    columns.forEach((column, t) => addColumn(this.#rows, this.#scores, column, coefficients[t]));
    this.#sums.run(this.#scores, this.#rows.gains);
    return this.#sums.spread(this.#rows.total);
  }

  /** Keeps a neuron with its best threshold if it is among the best. @returns whether it does and has new rows */
  offer({ columns, coefficients }: Terms): boolean {
    const key = keyOf({ columns, coefficients });
    if (this.#offered.has(key)) return false;
    this.#offered.add(key);
    const spread = this.spreadOf({ columns, coefficients });
    if (!this.wants(spread)) return false;
    this.best = Math.max(this.best, spread);
    const { total } = this.#rows;
    const { least, leastAfter, most, mostAfter } = this.#sums;
    const [below, after] = 2 * most - total >= total - 2 * least ? [most, mostAfter] : [least, leastAfter];
    const fires = new Uint8Array(this.#rows.count);
    for (let row = 0; row < fires.length; row++) if (this.#scores[row] > after) fires[row] = 1;
    const like = this.#likeOf(fires);
    if (like.some((other) => haveSameRows(other.fires, fires))) return false;
    const neuron = this.#neuron({ columns, coefficients }, after);
    like.push({
      terms: { columns, coefficients },
      after,
      neuron: this.#prefersOpposite(below) ? opposite(neuron) : neuron,
      spread,
      fires,
    });
    const rank = this.#largest.findIndex((other) => other < spread);
    this.#largest.splice(rank < 0 ? this.#largest.length : rank, 0, spread);
    if (this.#largest.length > this.#most) this.#largest.pop();
    this.#size++;
    if (this.#size >= 2 * this.#capacity) this.#trim();
    return true;
  }

  /** Those with the same hash of their rows. */
  #likeOf(fires: Uint8Array): Pooled[] {
    let hash = 0;
    for (let row = 0; row < fires.length; row++) hash = (Math.imul(hash, 31) + (fires[row] ^ fires[0])) | 0;
    let like = this.#pooled.get(hash);
    if (!like) this.#pooled.set(hash, (like = []));
    return like;
  }

  #trim(): void {
    const kept = this.#ranked.slice(0, this.#capacity);
    this.#pooled.clear();
    for (const pooled of kept) this.#likeOf(pooled.fires).push(pooled);
    this.#size = kept.length;
    this.#entry = kept[kept.length - 1].spread;
  }

  /** The threshold lies in the middle between the scores that it separates, which generalises best. */
  #neuron({ columns, coefficients }: Terms, after: number): Neuron {
    const { bases, inputs, signs, unit } = this.#rows.columns;
    let [below, above] = [-Infinity, Infinity];
    for (const score of this.#scores) {
      if (score <= after && score > below) below = score;
      else if (score > after && score < above) above = score;
    }
    const order = columns.map((_, t) => t).sort((a, b) => columns[a] - columns[b]);
    const weights = order.map((t) => coefficients[t] * signs[columns[t]]);
    const base = order.reduce((sum, t, at) => sum + weights[at] * bases[columns[t]], 0);
    const middle =
      below === -Infinity
        ? unit * above
        : above === Infinity
          ? unit * below + 1
          : Math.ceil((unit * (below + above)) / 2);
    return { inputs: order.map((t) => inputs[columns[t]]), weights, threshold: base + middle };
  }

  /** Whether the other rows have the edge: for a sign neuron, the sum with its sign is negative. */
  #prefersOpposite(below: number): boolean {
    const above = this.#rows.total - below;
    if (this.#activation === 'sign') return above < below;
    return Math.abs(below) > Math.abs(above) || (Math.abs(below) === Math.abs(above) && above < below);
  }

  /** The neurons found, best first. */
  get terms(): readonly Terms[] {
    return this.#ranked.map(({ terms }) => terms);
  }

  /** The best neuron or its opposite: the one whose sum of gains with its sign is positive. Null if there is none. */
  get bestSigned(): { readonly terms: Terms; readonly after: number } | null {
    const [best] = this.#ranked;
    if (!best) return null;
    const { terms, after, fires } = best;
    const sum = this.#rows.gains.reduce((each, gain, row) => each + (fires[row] ? gain : -gain), 0);
    if (sum > 0) return { terms, after };
    const coefficients = terms.coefficients.map((coefficient) => -coefficient);
    return { terms: { columns: terms.columns, coefficients }, after: -after - 1 };
  }

  get #ranked(): readonly Pooled[] {
    return [...this.#pooled.values()].flat().sort((a, b) => b.spread - a.spread);
  }

  /** At most `most` neurons with a positive edge, best first; those that differ most come before near copies. */
  chosen(most: number): PricedNeuron[] {
    const { total } = this.#rows;
    const ranked = this.#ranked;
    const chosen: Pooled[] = [];
    for (const pooled of ranked) {
      if (chosen.length >= most || pooled.spread < worthwhile * this.best) break;
      if (chosen.every((other) => !this.#areAlike(pooled, other))) chosen.push(pooled);
    }
    for (const pooled of ranked) {
      if (chosen.length >= most) break;
      if (!chosen.includes(pooled)) chosen.push(pooled);
    }
    return chosen
      .sort((a, b) => b.spread - a.spread)
      .map(({ neuron, spread }) => ({ neuron, edge: edgeOfSpread(this.#activation, spread, total) }))
      .filter(({ edge }) => edge > 0);
  }

  #areAlike(a: Pooled, b: Pooled): boolean {
    const { gains, mass } = this.#rows;
    const [aFires, bFires] = [a.fires, b.fires];
    let same = 0;
    for (let i = 0; i < gains.length; i++) if (aFires[i] === bFires[i]) same += Math.abs(gains[i]);
    return Math.max(same, mass - same) > alike * mass;
  }
}

/** The same for every order of the weights. */
export const keyOf = ({ columns, coefficients }: Terms): string =>
  columns
    .map((column, t) => `${column}:${coefficients[t]}`)
    .sort()
    .join(' ');

/** Whether they fire on the same rows, or on exactly the others. */
function haveSameRows(a: Uint8Array, b: Uint8Array): boolean {
  const other = a[0] ^ b[0];
  for (let row = 0; row < a.length; row++) if ((a[row] ^ b[row]) !== other) return false;
  return true;
}

/** Fires on exactly the other rows. */
const opposite = ({ inputs, weights, threshold }: Neuron): Neuron => ({
  inputs,
  weights: weights.map((weight) => -weight),
  threshold: 1 - threshold,
});
