import { CancellationScope, setHandler } from '@temporalio/workflow';
import { train as trainNode, type Solved } from '@mipnet/recursion';
import {
  childProgressSignal, limitsSignal, pausedSignal, pauseUpdate, progressQuery, resumeUpdate, setLimitsUpdate, stopUpdate,
  type TrainInput,
} from './messages.js';
import { TrainRun } from './train-run.js';
import { checkLimits } from './limits.js';

/**
 * One node of the tree of subproblems: the recursion of @mipnet/recursion, driven by activities and child workflows.
 * Leaves are `solve` activities, parts that are to be divided further are child workflows of this same type.
 */
export async function train(input: TrainInput): Promise<Solved> {
  const cancelled = CancellationScope.current().cancelRequested;
  // Shielded: a cancellation is a stop, which returns what there is. Only the leaves and children get cancelled.
  return CancellationScope.nonCancellable(async () => {
    const run = new TrainRun(input);
    cancelled.catch(() => run.stop());
    setHandler(progressQuery, () => run.progressNow());
    setHandler(pauseUpdate, () => run.setPaused(true));
    setHandler(resumeUpdate, () => run.setPaused(false));
    setHandler(stopUpdate, () => run.stop());
    setHandler(setLimitsUpdate, (limits) => run.setLimits(limits), { validator: checkLimits });
    setHandler(pausedSignal, (paused) => void run.setPaused(paused));
    setHandler(limitsSignal, (limits) => void run.setLimits(limits));
    setHandler(childProgressSignal, (report) => run.childReported(report));
    return run.whole(() => trainNode(run, input.node, input.resumed?.state));
  });
}
