import { CancellationScope, setHandler } from '@temporalio/workflow';
import { solveTree } from '@mipnet/recursion';
import {
  childProgressSignal,
  leafProgressSignal,
  pausedSignal,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  stopUpdate,
  type NodeWorkflow,
} from './messages.js';
import { NodeRun } from './node-run.js';

// Every export of this file is a workflow type for Temporal: one per kind of node, all with the same function.

/**
 * One node of the tree of subproblems: the recursion of @mipnet/recursion, driven by activities and child workflows.
 * Leaves are `solve` activities, parts that are divided further are child workflows of the same function.
 */
const runNode: NodeWorkflow = async (input) => {
  const cancelled = CancellationScope.current().cancelRequested;
  // Shielded: a cancellation is a stop, which returns the results so far. Only the leaves and children get cancelled.
  return CancellationScope.nonCancellable(async () => {
    const run = new NodeRun(input);
    cancelled.catch(() => run.stop());
    setHandler(progressQuery, () => run.progressNow());
    setHandler(pauseUpdate, () => run.setPaused(true));
    setHandler(resumeUpdate, () => run.setPaused(false));
    setHandler(stopUpdate, () => run.stop());
    setHandler(pausedSignal, (paused) => void run.setPaused(paused));
    setHandler(childProgressSignal, (report) => run.childReported(report));
    setHandler(leafProgressSignal, (news) => run.leafReported(news));
    return run.whole(() => solveTree(run, input.node, input.resumed?.state));
  });
};

export const train = runNode;
export const verify = runNode;
export const sweep = runNode;
