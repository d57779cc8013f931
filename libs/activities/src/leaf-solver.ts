import type { ObjectRef } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';

/** The progress of a leaf. Small, because every heartbeat carries it. */
export interface LeafProgress {
  readonly objective: number | null;
  readonly bound: number | null;
  /** Branch-and-bound nodes. */
  readonly nodes: number;
  /** LP iterations. */
  readonly work: number;
  /** The best incumbent so far, for the worker that continues if this one is lost. */
  readonly checkpoint?: ObjectRef;
}

export interface LeafHooks {
  /**
   * The checkpoint of a lost worker. A leaf under a work limit ignores it, so that every attempt is the same.
   */
  readonly checkpoint?: ObjectRef;
  onProgress(progress: LeafProgress): void;
  /** Aborted: return the best incumbent soon, with `stopped: true` if the solve is unfinished. */
  readonly signal: AbortSignal;
}

/** Solves leaves, one at a time a slot. */
export interface LeafSolver {
  solve(leaf: ProblemNode, hooks: LeafHooks): Promise<Solved>;
}
