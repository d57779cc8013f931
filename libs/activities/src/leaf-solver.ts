import type { ObjectRef } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';

/** How far a leaf is. Small: it travels in every heartbeat. */
export interface LeafProgress {
  readonly objective: number | null;
  readonly bound: number | null;
  /** Branch-and-bound nodes. */
  readonly nodes: number;
  /** LP iterations. */
  readonly work: number;
  /** The best incumbent so far, for whoever goes on if this worker is lost. */
  readonly checkpoint?: ObjectRef;
}

export interface LeafHooks {
  /**
   * Where a worker that was lost had got to. A leaf under a work limit ignores it, so that every attempt is the same.
   */
  readonly checkpoint?: ObjectRef;
  onProgress(progress: LeafProgress): void;
  /** Aborted: hand back what there is, soon, with `stopped: true` if it is unfinished. */
  readonly signal: AbortSignal;
}

/** Solves leaves, one at a time a slot. */
export interface LeafSolver {
  solve(leaf: ProblemNode, hooks: LeafHooks): Promise<Solved>;
}
