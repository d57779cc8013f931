// Tested by python-solver.int.test.ts.
import { objectiveOf, type Model } from '@mipnet/mip';
import type { SolveOptions } from '../solve.js';

/** Progress of a running solve; each part may be missing. */
export interface News {
  readonly x?: Float64Array;
  readonly objective?: number;
  /** A valid lower bound: if it was printed, rounded down. */
  readonly bound?: number;
  readonly nodes?: number;
  readonly work?: number;
}

/**
 * The best point and bound of a solve so far: they only get better, and they are the result of a process that had to be
 * killed.
 */
export class Seen {
  x: Float64Array | undefined;
  objective = Infinity;
  bound = -Infinity;
  nodes = 0;
  work = 0;

  constructor(
    readonly model: Model,
    readonly options: SolveOptions,
  ) {}

  /** Calls the callbacks of the solve. */
  tell({ x, objective, bound, nodes, work }: News): void {
    const { onIncumbent, onProgress } = this.options;
    this.bound = Math.max(this.bound, bound ?? -Infinity);
    this.nodes = Math.max(this.nodes, nodes ?? 0);
    this.work = Math.max(this.work, work ?? 0);
    // The model gives the objective of a point; a printed one has lost digits.
    const value = x ? objectiveOf(this.model, x) : Infinity;
    const isBetter = x !== undefined && (this.x === undefined || value < objectiveOf(this.model, this.x));
    if (isBetter) this.x = x;
    this.objective = Math.min(this.objective, value, objective ?? Infinity);
    if (isBetter) onIncumbent?.({ x: x.slice(), objective: value, bound: this.bound });
    onProgress?.({
      objective: finiteOrNull(this.objective),
      bound: finiteOrNull(this.bound),
      nodes: this.nodes,
      work: this.work,
    });
  }
}

export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
