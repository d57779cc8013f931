// Tested by price-neurons.unit.test.ts.
import { addColumn, type GainRows } from './gain-rows.js';
import { hasFewScores, LastWeights } from './last-weights.js';
import type { NeuronPool, Terms } from './neuron-pool.js';
import { Reach } from './reach.js';
import { ThresholdSums } from './threshold-sums.js';

export interface EnumerationSettings {
  /** Most weights of a neuron. */
  readonly weights: number;
  /** A spread of at most this is of no interest. */
  readonly target: number;
  /** Additions. */
  readonly effort: number;
  readonly stopped: () => boolean;
}

export interface Enumerated {
  /** No neuron has a larger spread. */
  readonly bound: number;
  /** Additions. */
  readonly work: number;
}

/**
 * Depth-first enumeration of the neurons by ascending columns. A neuron and its opposite have the same spread, so the
 * first coefficient is positive. A partial neuron is left if no neuron that extends it can exceed the limit, the larger
 * one of the target and the spread that the pool asks for.
 */
export function enumerateNeurons(rows: GainRows, pool: NeuronPool, settings: EnumerationSettings): Enumerated {
  const enumeration = new Enumeration(rows, pool, settings);
  enumeration.run();
  const { limit, open, work } = enumeration;
  return { bound: Math.min(rows.mass, Math.max(pool.best, limit, open)), work };
}

/**
 * About how many additions an enumeration of the part takes: with few scores, for every neuron with one
 * weight less a pass over the rows with a one in its last column and over their later columns, and the bins of the
 * scores; otherwise two passes over the rows for every neuron.
 */
export function enumerationWork(rows: GainRows, weights: number): number {
  const { count, columns, leads, largest } = rows;
  const hasFew = hasFewScores(rows, weights);
  const passes = hasFew ? weights - 1 : weights;
  let neurons = 0;
  for (let lead = 0; lead < leads; lead++) {
    const later = columns.count - lead - 1;
    for (let more = 0, size = largest; more < Math.max(1, passes) && more <= later; more++) {
      neurons += size;
      size *= ((later - more) / (more + 1)) * 2 * largest;
    }
  }
  if (!hasFew) return 2 * neurons * count;
  const ones = columns.ones!.rows.length;
  const density = ones / Math.max(1, count * columns.count);
  const bins = (2 * weights + 1) * largest;
  return neurons * ((count + ones * density) / Math.max(1, weights) + 2 * bins);
}

/**
 * Many neurons may have the same rows, above all if weights are large: after so many of them only what is better than
 * all is looked for.
 */
const mostRepeats = 1000;

class Enumeration {
  /** What is left out has at most this spread. */
  limit: number;
  /** Largest bound of a partial neuron whose extensions were not all enumerated. */
  open = 0;
  readonly #rows: GainRows;
  readonly #pool: NeuronPool;
  readonly #settings: EnumerationSettings;
  readonly #sums: ThresholdSums;
  readonly #reach: Reach;
  readonly #last: LastWeights | null;
  /** Scores of the partial neuron, per number of weights. */
  readonly #scores: Int32Array[];
  readonly #columns: number[] = [];
  readonly #coefficients: number[] = [];
  /** Neurons above the limit whose rows the pool had. */
  #repeats = 0;
  #ownWork = 0;

  constructor(rows: GainRows, pool: NeuronPool, settings: EnumerationSettings) {
    this.#rows = rows;
    this.#pool = pool;
    this.#settings = settings;
    this.limit = Math.max(pool.threshold, settings.target);
    this.#sums = new ThresholdSums(rows.count);
    this.#reach = new Reach(rows, settings.weights);
    this.#last = hasFewScores(rows, settings.weights)
      ? new LastWeights(rows, settings.weights, (added) => this.#offer(added))
      : null;
    this.#scores = Array.from({ length: settings.weights + 1 }, () => new Int32Array(rows.count));
  }

  get work(): number {
    return this.#ownWork + (this.#last?.work ?? 0) + this.#reach.work;
  }

  run(): void {
    if (this.#settings.weights === 0) return;
    // From the last one: the reach of the rows grows with the columns that may follow.
    for (let lead = this.#rows.leads - 1; lead >= 0; lead--) {
      this.#reach.after(lead);
      for (let coefficient = 1; coefficient <= this.#rows.largest; coefficient++) {
        if (!this.#isOver()) this.#extend(lead, coefficient);
        else this.open = Math.max(this.open, this.#boundWith(lead, coefficient));
      }
    }
  }

  #isOver(): boolean {
    return this.work >= this.#settings.effort || this.#settings.stopped();
  }

  #extend(column: number, coefficient: number): void {
    this.#push(column, coefficient);
    this.#visit(column);
    this.#pop();
  }

  #push(column: number, coefficient: number): void {
    const depth = this.#columns.length;
    this.#scores[depth + 1].set(this.#scores[depth]);
    this.#ownWork += addColumn(this.#rows, this.#scores[depth + 1], column, coefficient);
    this.#columns.push(column);
    this.#coefficients.push(coefficient);
  }

  #pop(): void {
    this.#columns.pop();
    this.#coefficients.pop();
  }

  /** The partial neuron itself and all that extend it by later columns. */
  #visit(last: number): void {
    const scores = this.#scores[this.#columns.length];
    this.#ownWork += this.#sums.run(scores, this.#rows.gains);
    if (this.#sums.spread(this.#rows.total) > this.limit) this.#offer(nothing);
    const left = this.#settings.weights - this.#columns.length;
    if (left === 0 || last + 1 >= this.#rows.columns.count) return;
    const bound = this.#reach.bound(scores, last, left);
    if (bound <= this.limit) return;
    if (this.#last && left <= 2) {
      this.limit = left === 1 ? this.#last.one(scores, last, this.limit) : this.#last.two(scores, last, this.limit);
      return;
    }
    for (let column = last + 1; column < this.#rows.columns.count; column++) {
      for (let size = 1; size <= this.#rows.largest; size++) {
        for (const coefficient of [size, -size]) {
          if (this.#isOver()) {
            this.open = Math.max(this.open, bound);
            return;
          }
          this.#extend(column, coefficient);
        }
      }
    }
  }

  #boundWith(lead: number, coefficient: number): number {
    this.#push(lead, coefficient);
    const bound = this.#reach.bound(this.#scores[1], lead, this.#settings.weights - 1);
    this.#pop();
    return bound;
  }

  #offer(added: Terms): number {
    const isNew = this.#pool.offer({
      columns: [...this.#columns, ...added.columns],
      coefficients: [...this.#coefficients, ...added.coefficients],
    });
    if (!isNew) this.#repeats++;
    const wanted = this.#repeats < mostRepeats ? this.#pool.threshold : this.#pool.best;
    this.limit = Math.max(this.limit, wanted);
    return this.limit;
  }
}

const nothing: Terms = { columns: [], coefficients: [] };
