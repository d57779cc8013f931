import type { Network } from '@mipnet/network';
import type { Covers } from '@mipnet/recursion';

export type IncumbentStatus = 'optimal' | 'feasible' | 'unresolved';

/** One objective of the list, after its MIP. */
export interface Stage {
  readonly objective: string;
  /** Value of the replayed incumbent: what the forward pass gives, not what the solver says. */
  readonly value: number;
  /** Proven lower bound, or null. */
  readonly bound: number | null;
  readonly status: IncumbentStatus;
  /** Value of the start that the MIP was given. */
  readonly start: number;
  readonly nodes: number;
  /** LP iterations. */
  readonly work: number;
  /** How the bound was proven: by the duals of the root LP in outward-rounded arithmetic, or by branch and cut. */
  readonly boundBy: 'root duals' | 'branch and cut' | null;
}

/** What a solved problem leaves behind: a network and the proof of how good it is. */
export interface Incumbent {
  readonly network: Network;
  /** Replayed value and proven bound of the first objective. */
  readonly objective: number;
  /**
   * Set while parts of the problem are undecided: what the objective speaks about. Objectives that cover different
   * parts cannot be compared.
   */
  readonly covers?: Covers;
  readonly bound: number | null;
  readonly status: IncumbentStatus;
  /** Of a leaf, one for each objective. Of a split with rounds, one for each round: the curve of its objective. */
  readonly stages: readonly Stage[];
  /** Of layers: a network that was worse than this one and that the next round repairs. */
  readonly rejected?: Network;
  /** Of batches, hardest first: the rows (positions in the view) that the next round trains on. */
  readonly workingSet?: Int32Array;
}

/** A gap this small, relative to the objective, is round-off. */
export const closedGap = 1e-6;

export function statusOf(objective: number, bound: number | null): IncumbentStatus {
  if (bound === null) return 'unresolved';
  return objective - bound <= closedGap * Math.max(1, Math.abs(objective)) ? 'optimal' : 'feasible';
}
