import { defaultPayloadConverter } from '@temporalio/common';
import { longestUnderWay, relativeGap, type LeafUnderWay } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { leafUnderWay } from '../records/tree-schema.js';
import { describeTree, type Description } from './describe-tree.js';
import type { Namespace } from './list-runs.js';

/**
 * The leaves of a run that workers solve now, from their last heartbeats: a workflow does not see these. The data is
 * untrusted, and of no use if it has another shape.
 */
export async function leavesUnderWay(namespace: Namespace, run: string): Promise<readonly LeafUnderWay[]> {
  const workflows = await describeTree(namespace, run);
  return longestUnderWay(workflows.flatMap(({ pendingActivities }) => pendingActivities.flatMap(leafOf)));
}

export function leafOf({
  heartbeatDetails,
}: Pick<Description['pendingActivities'][number], 'heartbeatDetails'>): LeafUnderWay[] {
  const payload = heartbeatDetails?.payloads?.[0];
  if (!payload) return [];
  try {
    const { data } = leafUnderWay.safeParse(defaultPayloadConverter.fromPayload(payload));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}

/** Progress with what its leaves say. The values of a run that is one MIP are those of the MIP. */
export function withLeaves(progress: Progress, leaves: readonly LeafUnderWay[]): Progress {
  if (leaves.length === 0) return progress;
  const [first] = leaves;
  const isSole = progress.total === 1 && progress.solved === 0 && !first.stage;
  if (!isSole) return { ...progress, underWay: leaves };
  const { objective, bound } = first;
  return { ...progress, underWay: leaves, objective, bound, gap: relativeGap(objective, bound) };
}
