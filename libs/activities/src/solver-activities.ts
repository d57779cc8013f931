import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { ObjectRef, StoreIdentity } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { failureTypes, type SolverActivities } from '@mipnet/workflows';
import { BundleSolver } from './bundle.js';
import { cancelReason, stopWasAskedFor } from './cancellation.js';
import { withHeartbeats } from './heartbeats.js';
import { leafBegins, type LeafProgress } from './leaf-solver.js';
import { LongLeafReports, tellWorkflow } from './long-leaf-reports.js';
import type { SolverDependencies } from './solver-dependencies.js';

/** For the workflow: one leaf, or some small ones, in one slot, with heartbeats that carry progress and checkpoint. */
export function createSolverActivities(dependencies: SolverDependencies): SolverActivities {
  const bundles = new BundleSolver(dependencies);
  return {
    solveBundle: (bundle, store) => bundles.run(bundle, store),
    solve: (leaf, checkpoint, store, reports) =>
      solveLeaf(dependencies, leaf, { given: checkpoint ?? undefined, store, reports }),
  };
}

interface LeafAttempt {
  /** The workflow's checkpoint. */
  readonly given: ObjectRef | undefined;
  readonly store: StoreIdentity | undefined;
  /** How many times it may tell its workflow how far it is. */
  readonly reports: number | undefined;
}

async function solveLeaf(
  { leaves, guard }: SolverDependencies,
  leaf: ProblemNode,
  { given, store, reports = 0 }: LeafAttempt,
): Promise<Solved> {
  const context = Context.current();
  // The last heartbeat of an earlier attempt is newer than the workflow's checkpoint.
  const checkpoint = (context.info.heartbeatDetails as LeafProgress | undefined)?.checkpoint ?? given;
  let latest = leafBegins(leaf, checkpoint);
  const onProgress = (progress: LeafProgress): void => {
    latest = { ...progress, checkpoint: progress.checkpoint ?? latest.checkpoint };
  };
  const longLeaf = new LongLeafReports(reports, (news) => tellWorkflow(news));
  const solved = await withHeartbeats(
    () => {
      longLeaf.offer(latest, Date.now());
      return latest;
    },
    () => guard.run(store, () => leaves.solve(leaf, { checkpoint, onProgress, signal: context.cancellationSignal })),
  );
  if (!solved.stopped || stopWasAskedFor(context.cancellationSignal)) return solved;
  // On another machine the leaf would have continued: the interrupted state must not become its result.
  const message =
    `leaf '${leaf.name}' was interrupted: ${cancelReason(context.cancellationSignal)}; it ` + 'will be done again';
  log.info(message);
  throw ApplicationFailure.create({ message, type: failureTypes.interrupted, details: [latest.checkpoint] });
}
