// Tested by price-neurons.unit.test.ts.
import { Extensions, type Extension } from './extensions.js';
import { addColumn, type GainRows } from './gain-rows.js';
import { hasFewScores, LastWeights } from './last-weights.js';
import { keyOf, type NeuronPool, type Terms } from './neuron-pool.js';

/** Partial neurons that the beam keeps per number of weights. */
const beamWidth = 6;
/** Weights that an exchange tries, of the best ones alone. */
const tried = 4;
/** Fractions of the effort after which greedy starts, and the beam, stop. */
const greedyUntil = 0.4;
const beamUntil = 0.5;

export interface SearchSettings {
  /** Most weights of a neuron. */
  readonly weights: number;
  /** Additions. */
  readonly effort: number;
  readonly stopped: () => boolean;
}

/**
 * Looks for neurons with a large spread and offers them to the pool: greedily from every column that may lead, best
 * first; by a beam; then by exchanging one or two weights, of the best ones first. @returns additions
 */
export function searchNeurons(rows: GainRows, pool: NeuronPool, settings: SearchSettings): number {
  if (rows.leads === 0 || settings.weights === 0 || rows.count === 0) return 0;
  const search = new Search(rows, pool, settings);
  search.greedyStarts();
  search.beam();
  search.exchanges();
  return search.work;
}

class Search {
  readonly #rows: GainRows;
  readonly #pool: NeuronPool;
  readonly #settings: SearchSettings;
  readonly #extensions: Extensions;
  readonly #scores: Int32Array;
  readonly #seen = new Set<string>();
  readonly #starts: Terms[];
  readonly #ends: Terms[] = [];
  readonly #pairs: LastWeights | null;
  #kept: Terms = none;
  #pairBest: Terms | null = null;

  constructor(rows: GainRows, pool: NeuronPool, settings: SearchSettings) {
    this.#rows = rows;
    this.#pool = pool;
    this.#settings = settings;
    this.#extensions = new Extensions(rows, settings.weights);
    this.#scores = new Int32Array(rows.count);
    this.#pairs = canTryPairs(rows, settings)
      ? new LastWeights(rows, settings.weights, (...hit) => this.#onPair(...hit))
      : null;
    this.#starts = this.#best(none, rows.leads).map((extension) => extended(none, extension));
    for (const start of this.#starts) pool.offer(start);
  }

  get work(): number {
    return this.#extensions.work + (this.#pairs?.work ?? 0);
  }

  /** From each lead: add the best weight until there are enough. */
  greedyStarts(): void {
    for (const start of this.#starts) {
      let terms = start;
      while (terms.columns.length < this.#settings.weights && !this.#isOver(greedyUntil)) {
        const [best] = this.#best(terms, 1);
        if (!best) break;
        terms = extended(terms, best);
        this.#offer(terms, best.spread);
      }
      this.#ends.push(terms);
    }
  }

  beam(): void {
    let beam = this.#starts.slice(0, beamWidth);
    while (beam.length > 0 && beam[0].columns.length < this.#settings.weights && !this.#isOver(beamUntil)) {
      const next = new Map<string, { terms: Terms; spread: number }>();
      for (const terms of beam) {
        for (const extension of this.#best(terms, beamWidth)) {
          const longer = extended(terms, extension);
          next.set(keyOf(longer), { terms: longer, spread: extension.spread });
          this.#offer(longer, extension.spread);
        }
      }
      const ranked = [...next.values()].sort((a, b) => b.spread - a.spread).slice(0, beamWidth);
      beam = ranked.map(({ terms }) => terms);
    }
  }

  /** Replaces one weight, and if that no longer helps two, of the best neurons that are left. */
  exchanges(): void {
    for (;;) {
      const next = [...this.#pool.terms, ...this.#ends].find((terms) => !this.#seen.has(keyOf(terms)));
      if (!next || this.#isOver(1)) return;
      this.#exchange(next);
    }
  }

  /** Ends where no exchange of one or two weights gives a larger spread. */
  #exchange(terms: Terms): void {
    let current: Terms | null = terms;
    while (current && !this.#seen.has(keyOf(current))) {
      this.#seen.add(keyOf(current));
      const spread = this.#pool.spreadOf(current);
      current =
        this.#better(current, spread, 1) ??
        (this.#pairs ? this.#betterPair(current, spread) : this.#better(current, spread, 2));
    }
  }

  /** Exchanges so many weights; of two, the first one is among the best alone. */
  #better(terms: Terms, spread: number, exchanged: 1 | 2): Terms | null {
    let best: { terms: Terms; spread: number } | null = null;
    for (const kept of withoutSome(terms, exchanged)) {
      const firsts = exchanged === 1 ? [kept] : this.#best(kept, tried).map((extension) => extended(kept, extension));
      for (const first of firsts) {
        if (this.#isOver(1)) return null;
        for (const extension of this.#best(first, tried)) {
          const next = extended(first, extension);
          this.#offer(next, extension.spread);
          if (extension.spread > (best?.spread ?? spread)) best = { terms: next, spread: extension.spread };
        }
      }
    }
    return best?.terms ?? null;
  }

  /** The best exchange of two weights. */
  #betterPair(terms: Terms, spread: number): Terms | null {
    this.#pairBest = null;
    let limit = spread;
    for (const kept of withoutSome(terms, 2)) {
      if (this.#isOver(1)) return null;
      this.#setScores(kept);
      this.#kept = kept;
      limit = this.#pairs!.two(this.#scores, -1, limit);
    }
    return this.#pairBest;
  }

  #onPair(added: Terms, limit: number): number {
    const { columns } = this.#kept;
    if (added.columns.some((column) => columns.includes(column))) return limit;
    if (![...columns, ...added.columns].some((column) => column < this.#rows.leads)) return limit;
    const terms = {
      columns: [...columns, ...added.columns],
      coefficients: [...this.#kept.coefficients, ...added.coefficients],
    };
    const spread = this.#pool.spreadOf(terms);
    if (spread <= limit) return limit;
    this.#pool.offer(terms);
    this.#pairBest = terms;
    return spread;
  }

  /** A neuron without a column that may lead is extended by one. */
  #best(terms: Terms, most: number): Extension[] {
    const { columns, leads } = this.#rows;
    const hasLead = terms.columns.some((column) => column < leads);
    this.#setScores(terms);
    const best = this.#extensions.best(this.#scores, hasLead ? columns.count : leads, most + terms.columns.length);
    return best.filter(({ column }) => !terms.columns.includes(column)).slice(0, most);
  }

  #setScores({ columns, coefficients }: Terms): void {
    this.#scores.fill(0);
    columns.forEach((column, t) => addColumn(this.#rows, this.#scores, column, coefficients[t]));
  }

  #offer(terms: Terms, spread: number): void {
    if (this.#pool.wants(spread)) this.#pool.offer(terms);
  }

  #isOver(fraction: number): boolean {
    return this.work >= fraction * this.#settings.effort || this.#settings.stopped();
  }
}

/** Whether a thousand exact exchanges of two weights fit into the effort. */
function canTryPairs(rows: GainRows, { weights, effort }: SearchSettings): boolean {
  if (weights < 2 || !hasFewScores(rows, weights)) return false;
  const ones = rows.columns.ones!.rows.length;
  return (1000 * ones * (ones / rows.count)) / 2 <= effort;
}

const none: Terms = { columns: [], coefficients: [] };

const extended = ({ columns, coefficients }: Terms, { column, coefficient }: Extension): Terms => ({
  columns: [...columns, column],
  coefficients: [...coefficients, coefficient],
});

/** The neuron without one of its weights, or without two, in all ways. */
function withoutSome({ columns, coefficients }: Terms, removed: number): Terms[] {
  const size = columns.length;
  const found: Terms[] = [];
  const without = (...places: number[]): Terms => ({
    columns: columns.filter((_, t) => !places.includes(t)),
    coefficients: coefficients.filter((_, t) => !places.includes(t)),
  });
  for (let a = 0; a < size; a++) {
    if (removed === 1) found.push(without(a));
    else for (let b = a + 1; b < size; b++) found.push(without(a, b));
  }
  return found;
}
