import type { ObjectRef } from '@mipnet/object-store';
import type { LeafUnderWay, ProblemNode, Solved } from '@mipnet/recursion';

/** The progress of a leaf. Small, because every heartbeat carries it. */
export interface LeafProgress extends LeafUnderWay {
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

/** Of a leaf that begins now. */
export const leafBegins = ({ name, title }: ProblemNode, checkpoint?: ObjectRef): LeafProgress => ({
  name: title ?? name,
  objective: null,
  bound: null,
  nodes: 0,
  work: 0,
  startedAt: Date.now(),
  ...(checkpoint === undefined ? {} : { checkpoint }),
});

/** Solves leaves, one at a time a slot. */
export interface LeafSolver {
  solve(leaf: ProblemNode, hooks: LeafHooks): Promise<Solved>;
}
