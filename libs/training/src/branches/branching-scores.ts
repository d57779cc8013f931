// Tested by search-tree.unit.test.ts.
import type { Model } from '@mipnet/mip';
import type { DualSimplex } from './dual-simplex.js';

/** An integer column with a fractional value in the relaxation. */
export interface Candidate {
  readonly column: number;
  readonly value: number;
}

/** What the scores ask their tree. */
export interface ScoredTree {
  /** Whether the present part is proven to hold nothing below the cutoff. */
  proves(): boolean;
  /** As in TreeOptions. */
  partner(column: number): number;
}

export interface Choice extends Candidate {
  /** Whether the child was proven to hold nothing below the cutoff. */
  readonly closesDown: boolean;
  readonly closesUp: boolean;
}

/** LP iterations of one trial, trials per node, and trials after which the mean gain of a column is trusted. */
const trial = { iterations: 12, columns: 12, trusted: 2 };
const leastGain = 1e-6;

/**
 * Which column to branch on: the one with the largest product of the gains of its two children. Gains are tried by a
 * few dual simplex iterations, the most fractional columns first, until a column has been tried often enough; then its
 * mean gain per unit counts. A trial that closes a child decides at once. Source: Achterberg, Koch and Martin 2005,
 * Branching rules revisited (reliability branching).
 */
export class BranchingScores {
  readonly #gains: readonly [Float64Array, Float64Array];
  readonly #trials: readonly [Float64Array, Float64Array];

  constructor(
    { columnCount }: Model,
    private readonly simplex: DualSimplex,
    private readonly tree: ScoredTree,
  ) {
    this.#gains = [new Float64Array(columnCount), new Float64Array(columnCount)];
    this.#trials = [new Float64Array(columnCount), new Float64Array(columnCount)];
  }

  choose(candidates: readonly Candidate[], cutoff: number): Choice {
    const fraction = ({ value }: Candidate): number => value - Math.floor(value);
    const order = [...candidates].sort(
      (a, b) => Math.abs(fraction(a) - 0.5) - Math.abs(fraction(b) - 0.5) || a.column - b.column,
    );
    const objective = this.simplex.objective();
    let best = order[0];
    let most = -1;
    let tried = 0;
    for (const candidate of order) {
      const { column } = candidate;
      const shares = [fraction(candidate), 1 - fraction(candidate)];
      const isKnown = [0, 1].every((side) => this.#trials[side][column] >= trial.trusted);
      let gains: number[];
      if (isKnown || tried >= trial.columns) gains = shares.map((share, side) => share * this.#mean(side, column));
      else {
        tried++;
        gains = [0, 1].map((side) => this.#try(candidate, side, objective, cutoff));
        if (gains.includes(Infinity))
          return { ...candidate, closesDown: gains[0] === Infinity, closesUp: gains[1] === Infinity };
        for (const side of [0, 1]) {
          this.#gains[side][column] += gains[side] / shares[side];
          this.#trials[side][column]++;
        }
      }
      const score = Math.max(gains[0], leastGain) * Math.max(gains[1], leastGain);
      if (score > most) [best, most] = [candidate, score];
    }
    return { ...best, closesDown: false, closesUp: false };
  }

  #mean(side: number, column: number): number {
    return this.#trials[side][column] > 0 ? this.#gains[side][column] / this.#trials[side][column] : 0;
  }

  /** By how much the objective grows in a child; Infinity if the child is closed. */
  #try({ column, value }: Candidate, side: number, objective: number, cutoff: number): number {
    const { simplex } = this;
    const [lower, upper] = [simplex.lower[column], simplex.upper[column]];
    const partner = side === 1 ? this.tree.partner(column) : -1;
    const partnerUpper = simplex.upper[partner];
    const before = simplex.save();
    if (side === 0) simplex.upper[column] = Math.floor(value);
    else simplex.lower[column] = Math.ceil(value);
    if (partner >= 0) simplex.upper[partner] = 0;
    const end = simplex.solve(cutoff, trial.iterations);
    const isClosed = (end === 'cutoff' || end === 'infeasible') && this.tree.proves();
    const gain = isClosed ? Infinity : Math.max(0, Math.min(simplex.objective(), cutoff) - objective);
    simplex.lower[column] = lower;
    simplex.upper[column] = upper;
    if (partner >= 0) simplex.upper[partner] = partnerUpper;
    simplex.restore(before);
    return gain;
  }
}
