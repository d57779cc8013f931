// Tested by node-run.int.test.ts.
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
  type SignalDefinition,
} from '@temporalio/workflow';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { pausedSignal, type Limits, type NodeInput, type NodeWorkflow } from './messages.js';
import { tell } from './tell.js';

/**
 * How many reports all children of one round may send in total; each is about four events in their parent's history.
 */
const reportsOfChildren = 4000;

/** All children together send one report in so many seconds: this node's timeline is to show its work. */
const secondsPerReport = 10;

export interface ChildSettings {
  readonly input: NodeInput;
  readonly limits: Required<Limits>;
  paused(): boolean;
}

/** The parts of a node that are themselves divided: child workflows. */
export class Children {
  readonly #running = new Set<ChildWorkflowHandle<NodeWorkflow>>();

  constructor(private readonly settings: ChildSettings) {}

  /** @param siblings parts of the round, itself included */
  async run(node: ProblemNode, siblings: number): Promise<Solved> {
    const { input, limits, paused } = this.settings;
    const { run, store, searchAttributes, about, historyLimit, historyBytesLimit } = input;
    const reportBudget = Math.floor(reportsOfChildren / siblings);
    const args: [NodeInput] = [
      {
        run,
        node,
        store,
        searchAttributes,
        about,
        historyLimit,
        historyBytesLimit,
        reportBudget,
        reportSeconds: secondsPerReport * Math.min(siblings, limits.window),
        ...limits,
        ...(node.budget === undefined ? {} : { budget: node.budget }),
      },
    ];
    const child = await startChild<NodeWorkflow>(node.kind, {
      workflowId: `${workflowInfo().workflowId}/${node.name}`,
      args,
      staticSummary: node.title ?? node.name,
      staticDetails: `Part of ${input.node.name}, divided by ${node.splits.join(', then ')}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.TERMINATE,
    });
    this.#running.add(child);
    // A pause between the command and the start of the child has reached no child.
    if (paused()) tell(child, pausedSignal, true);
    try {
      return await child.result();
    } finally {
      this.#running.delete(child);
    }
  }

  tell<Arg>(signal: SignalDefinition<[Arg]>, arg: Arg): void {
    for (const child of this.#running) tell(child, signal, arg);
  }
}
