// Tested by ../../../apps/cli/src/e2e/plan.e2e.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { serveJobs, SolverSet, type SolveProgress } from '@mipnet/solver';
import { kindOf } from './kinds.js';
import { LeafBudget } from './leaf-budget.js';
import { openPatientStore } from './open-store.js';

// Runs in a solver thread: all slow work of a leaf happens here, so that the thread of the Temporal client can always
// heartbeat.

export interface LeafJobData {
  readonly storeUrl: string;
  /** How long to wait for a store that does not answer. */
  readonly patienceSeconds: number;
  /** URLs of solvers that are not found by their names alone. */
  readonly solvers: readonly string[];
}

export interface LeafJobInput {
  readonly leaf: ProblemNode;
  readonly checkpoint?: ObjectRef;
}

export type LeafJobPost =
  | { readonly kind: 'progress'; readonly progress: SolveProgress }
  /** `incumbent`: not stored, but it remains if the thread must be killed. */
  | { readonly kind: 'checkpoint' | 'incumbent'; readonly document: object };

/** Megabytes of verified objects a thread keeps: leaves that follow each other read many of the same rows. */
const cacheMegabytes = 64;

/** A solver says more than any reader needs: milliseconds from one message to the next. */
const progressEvery = 500;

/** Whether enough time is over since the last time, or something else is done now. */
function everyMilliseconds(interval: number): (step: string | undefined) => boolean {
  let last = -Infinity;
  let before: string | undefined;
  return (step) => {
    const now = performance.now();
    if (step === before && now - last < interval) return false;
    last = now;
    before = step;
    return true;
  };
}

let opened: Promise<ObjectStore> | undefined;
let solvers: SolverSet | undefined;

serveJobs<LeafJobData, LeafJobInput, Solved>(async ({ leaf, checkpoint }, data, context) => {
  // After a stop, a leaf that cannot write its result has none: nobody waits for it.
  const patience = { seconds: data.patienceSeconds, stopped: () => context.stopped() };
  opened ??= openPatientStore(data.storeUrl, cacheMegabytes, patience);
  solvers ??= new SolverSet(data.solvers);
  const [store, solver] = await Promise.all([opened, solvers.get(leaf.solver)]);
  const post = (message: LeafJobPost): void => context.post(message);
  const budget = new LeafBudget(leaf.budget, () => performance.now() / 1000);
  const kind = await kindOf(leaf);
  const isDue = everyMilliseconds(progressEvery);
  const solved = await kind.solveLeaf(store, solver, leaf, {
    checkpoint,
    onProgress: (progress) => {
      if (isDue(progress.step)) post({ kind: 'progress', progress });
    },
    onCheckpoint: (document) => post({ kind: 'checkpoint', document }),
    onIncumbent: (document) => post({ kind: 'incumbent', document }),
    stopped: () => context.stopped() || budget.isUsedUp(),
  });
  return context.stopped() ? solved : budget.ended(solved);
});
