import type { Network } from '@mipnet/network';
import type { ColumnsState, Priced } from '../columns/columns-task.js';
import type { Covers } from '@mipnet/recursion';
import type { OpenSet } from './open-box.js';

export type IncumbentStatus = 'optimal' | 'feasible' | 'unresolved';

/** One objective of the list, after its MIP. */
export interface Stage {
  readonly objective: string;
  /** Value of the replayed incumbent: from the forward pass, not from the solver. */
  readonly value: number;
  /** Proven lower bound, or null. */
  readonly bound: number | null;
  readonly status: IncumbentStatus;
  /** Value of the start that the MIP was given. */
  readonly start: number;
  readonly nodes: number;
  /** LP iterations. */
  readonly work: number;
  /**
   * How the bound was proven: by the duals of the root LP or of every part of a search tree, in outward-rounded
   * arithmetic, by branch and cut, or by an enumeration of all neurons.
   */
  readonly boundBy: 'root duals' | 'tree duals' | 'branch and cut' | 'enumeration' | null;
}

/** The result of a problem: a network and a proven bound. */
export interface Incumbent {
  readonly network: Network;
  /** Replayed value and proven bound of the first objective. */
  readonly objective: number;
  /**
   * Set while parts of the problem are unsolved: what the objective covers. Objectives that cover different parts
   * cannot be compared.
   */
  readonly covers?: Covers;
  readonly bound: number | null;
  readonly status: IncumbentStatus;
  /** Of a leaf, one per objective. Of a split with rounds, one per round: the curve of its objective. */
  readonly stages: readonly Stage[];
  /** Of layers: a network that was worse than this one and that the next round repairs. */
  readonly rejected?: Network;
  /** Of batches, hardest first: the rows (positions in the view) that the next round trains on. */
  readonly workingSet?: Int32Array;
  /** Of columns: where column generation stands. */
  readonly columns?: ColumnsState;
  /** Of a pricing leaf of columns: what it found. Its network has no meaning. */
  readonly priced?: Priced;
  /** Of branches: what is still open, of the node or of the boxes of one leaf. */
  readonly openSet?: OpenSet;
}

/** A gap this small, relative to the objective, is round-off. */
export const closedGap = 1e-6;

export function statusOf(objective: number, bound: number | null): IncumbentStatus {
  if (bound === null) return 'unresolved';
  return objective - bound <= closedGap * Math.max(1, Math.abs(objective)) ? 'optimal' : 'feasible';
}
