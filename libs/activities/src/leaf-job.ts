// Tested by ../../../apps/cli/src/e2e/plan.e2e.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { openSolver, serveJobs, type Solver, type SolveProgress } from '@mipnet/solver';
import { kindOf } from './kinds.js';
import { openPatientStore } from './open-store.js';

// Runs in a solver thread: everything about a leaf that takes time happens here, so that the thread which talks to
// Temporal always has time to heartbeat.

export interface LeafJobData {
  readonly storeUrl: string;
  /** How long to wait for a store that does not answer. */
  readonly patienceSeconds: number;
}

export interface LeafJobInput {
  readonly leaf: ProblemNode;
  readonly checkpoint?: ObjectRef;
}

export type LeafJobPost =
  | { readonly kind: 'progress'; readonly progress: SolveProgress }
  /** `incumbent`: not worth writing down, but what a thread that has to be ended leaves. */
  | { readonly kind: 'checkpoint' | 'incumbent'; readonly document: object };

/** Megabytes of verified objects a thread keeps: neighbouring leaves read many of the same rows. */
const cacheMegabytes = 64;

let opened: Promise<readonly [ObjectStore, Solver]> | undefined;

serveJobs<LeafJobData, LeafJobInput, Solved>(async ({ leaf, checkpoint }, { storeUrl, patienceSeconds }, context) => {
  // After a stop, a leaf that cannot write its result has none: nobody waits for it.
  const patience = { seconds: patienceSeconds, stopped: () => context.stopped() };
  opened ??= Promise.all([openPatientStore(storeUrl, cacheMegabytes, patience), openSolver()]);
  const [store, solver] = await opened;
  const post = (message: LeafJobPost): void => context.post(message);
  return kindOf(leaf).solveLeaf(store, solver, leaf, {
    checkpoint,
    onProgress: (progress) => post({ kind: 'progress', progress }),
    onCheckpoint: (document) => post({ kind: 'checkpoint', document }),
    onIncumbent: (document) => post({ kind: 'incumbent', document }),
    stopped: () => context.stopped(),
  });
});
