import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { ObjectRef, StoreIdentity } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { failureTypes, type SolverActivities } from '@mipnet/workflows';
import { withHeartbeats } from './heartbeats.js';
import type { LeafProgress, LeafSolver } from './leaf-solver.js';
import type { StoreGuard } from './store-guard.js';

export interface SolverDependencies {
  readonly leaves: LeafSolver;
  readonly guard: StoreGuard;
}

/** `solve` for the workflow: one leaf in one slot, with heartbeats that carry its progress and its checkpoint. */
export function createSolverActivities(dependencies: SolverDependencies): SolverActivities {
  return {
    solve: (leaf, checkpoint, store) => solveLeaf(dependencies, leaf, checkpoint ?? undefined, store),
  };
}

async function solveLeaf(
  { leaves, guard }: SolverDependencies,
  leaf: ProblemNode,
  given: ObjectRef | undefined,
  store: StoreIdentity | undefined,
): Promise<Solved> {
  const context = Context.current();
  // The last heartbeat of an earlier attempt is newer than the workflow's checkpoint.
  const checkpoint = (context.info.heartbeatDetails as LeafProgress | undefined)?.checkpoint ?? given;
  let latest: LeafProgress = { objective: null, bound: null, nodes: 0, work: 0, checkpoint };
  const onProgress = (progress: LeafProgress): void => {
    latest = { ...progress, checkpoint: progress.checkpoint ?? latest.checkpoint };
  };
  const solved = await withHeartbeats(
    () => latest,
    () => guard.run(store, () => leaves.solve(leaf, { checkpoint, onProgress, signal: context.cancellationSignal })),
  );
  if (!solved.stopped || stopWasAskedFor(context.cancellationSignal)) return solved;
  // On another machine the leaf would have continued: the interrupted state must not become its result.
  const message =
    `leaf '${leaf.name}' was interrupted: ${cancelReason(context.cancellationSignal)}; it ` + 'will be done again';
  log.info(message);
  throw ApplicationFailure.create({ message, type: failureTypes.interrupted, details: [latest.checkpoint] });
}

/**
 * `CANCELLED` comes from the workflow; the others (`WORKER_SHUTDOWN`, `PAUSED`, `RESET`, ...) concern this attempt
 * only.
 */
const stopWasAskedFor = (signal: AbortSignal): boolean => cancelReason(signal) === 'CANCELLED';

const cancelReason = ({ aborted, reason }: AbortSignal): string =>
  aborted && reason instanceof Error ? reason.message : 'its solver was closed';
