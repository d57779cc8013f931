// Tested by ../../../apps/cli/src/e2e/plan.e2e.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { Merged, ProblemNode, RoundState, Solved } from '@mipnet/recursion';
import { serveJobs, SolverSet, type JobContext, type SolveProgress } from '@mipnet/solver';
import type { MessagePort } from 'node:worker_threads';
import { kindOf } from './kinds.js';
import { LeafBudget } from './leaf-budget.js';
import { openPatientStore } from './open-store.js';

// Runs in the thread of a slot: the slow work of a leaf, and that of a merge which reads the training rows. So the
// thread of the Temporal client can always heartbeat, and a run uses as many cores as it has slots.

export interface NodeJobData {
  readonly storeUrl: string;
  /** How long to wait for a store that does not answer. */
  readonly patienceSeconds: number;
  /** URLs of solvers that are not found by their names alone. */
  readonly solvers: readonly string[];
}

/** What is known of leaves before they are there. */
export interface LeavesToCome {
  readonly kind: string;
  /** An object of the store that all of them read: see `Kind.prepareLeaves`. */
  readonly about?: ObjectRef;
  /** Another thread that they can use: see `Kind.prepareLeaves`. */
  readonly runtime?: MessagePort;
}

export interface LeafInput {
  readonly kind: 'solve';
  readonly leaf: ProblemNode;
  readonly checkpoint?: ObjectRef;
}

export interface MergeInput {
  readonly kind: 'merge';
  readonly node: ProblemNode;
  readonly state: RoundState;
  readonly parts: readonly (Solved | undefined)[];
}

export type NodeJobInput = LeafInput | MergeInput;

export type NodeJobPost =
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

/** After a stop, a leaf that cannot write its result has none: nobody waits for it. */
const storeOf = ({ storeUrl, patienceSeconds }: NodeJobData, { stopped }: JobContext): Promise<ObjectStore> =>
  (opened ??= openPatientStore(storeUrl, cacheMegabytes, { seconds: patienceSeconds, stopped }));

const solversOf = (data: NodeJobData): SolverSet => (solvers ??= new SolverSet(data.solvers));

serveJobs<NodeJobData, NodeJobInput, Solved | Merged, LeavesToCome>(
  async (input, data, context) => {
    const store = await storeOf(data, context);
    return input.kind === 'merge' ? merge(store, input) : solve(store, solversOf(data), input, context);
  },
  async ({ kind: name, about, runtime }, data, context) => {
    const kind = await kindOf({ kind: name, name });
    await kind.prepareLeaves?.(await storeOf(data, context), about, runtime);
  },
);

async function merge(store: ObjectStore, { node, state, parts }: MergeInput): Promise<Merged> {
  return (await kindOf(node)).mergeNode(store, node, state, parts);
}

async function solve(
  store: ObjectStore,
  solvers: SolverSet,
  { leaf, checkpoint }: LeafInput,
  context: JobContext,
): Promise<Solved> {
  const solver = await solvers.get(leaf.solver);
  const post = (message: NodeJobPost): void => context.post(message);
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
}
