// Tested by run-server.int.test.ts.
import type { Namespace } from './list-runs.js';

export type Description = Awaited<ReturnType<Namespace['connection']['workflowService']['describeWorkflowExecution']>>;

/** A tree may have thousands of children; some of them are enough. */
const mostWorkflows = 8;

/** What the server knows of a run's workflow and of those below it, the root first. */
export async function describeTree({ connection, namespace }: Namespace, run: string): Promise<Description[]> {
  const described: Description[] = [];
  const next = [run];
  while (next.length > 0 && described.length < mostWorkflows) {
    const execution = { workflowId: next.shift()! };
    const one = await connection.workflowService.describeWorkflowExecution({ namespace, execution });
    described.push(one);
    next.push(...one.pendingChildren.flatMap(({ workflowId }) => workflowId ?? []));
  }
  return described;
}
