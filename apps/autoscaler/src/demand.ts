import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { orchestratorQueue, solverQueueOf } from '@mipnet/workflows';
import { AutoscalerError } from './autoscaler-error.js';

/** What the solver queue asks for at one moment. */
export interface Demand {
  /** Leaves that wait for a slot, those between two attempts included. */
  readonly backlog: number;
  /** Leaves in the hands of workers. */
  readonly inFlight: number;
  /** By the identity of a worker, `pid@host`: how many leaves it solves. */
  readonly busy: ReadonlyMap<string, number>;
}

export type DemandSource = () => Promise<Demand>;

export interface TemporalDemandOptions {
  readonly client: Client;
  /** Queue of the orchestrator; the demand of its solvers' queue is read. @default 'mipnet' */
  readonly queue?: string;
  /** Names of the solvers that the workers have. @default ['highs'] */
  readonly solvers?: readonly string[];
  /** Workflows looked at at once. @default 16 */
  readonly concurrency?: number;
}

const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingActivityState;

/**
 * Reads the demand from the Temporal server: the pending activities of the workflows that run, at the cost of one call
 * per running node of the tree. The statistics of the queue would be one call, but they do not count leaves in flight,
 * are up to a second old (a leaf that has just begun would count twice), and contain leaves of ended workflows.
 */
export function temporalDemand({
  client,
  queue = orchestratorQueue,
  solvers = ['highs'],
  concurrency = 16,
}: TemporalDemandOptions): DemandSource {
  const solverQueues = solvers.map((solver) => solverQueueOf(queue, solver));
  return async () => {
    const running = client.workflow
      .list({ query: `TaskQueue = '${queue}' AND ExecutionStatus = 'Running'` })
      [Symbol.asyncIterator]();
    const busy = new Map<string, number>();
    let [backlog, inFlight] = [0, 0];
    const lane = async (): Promise<void> => {
      for (let next = await running.next(); !next.done; next = await running.next()) {
        for (const { state, lastWorkerIdentity } of await pendingLeaves(client, next.value, solverQueues)) {
          if (state === PENDING_ACTIVITY_STATE_SCHEDULED) backlog++;
          else {
            inFlight++;
            busy.set(lastWorkerIdentity ?? '', (busy.get(lastWorkerIdentity ?? '') ?? 0) + 1);
          }
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: concurrency }, lane));
    } catch (cause) {
      const message =
        `the demand of the queue '${solverQueues.join("', '")}' cannot be read from the ` +
        `Temporal server: ${(cause as Error).message}`;
      throw new AutoscalerError('demand', message, { cause });
    }
    return { backlog, inFlight, busy };
  };
}

type PendingLeaf = proto.temporal.api.workflow.v1.IPendingActivityInfo;

async function pendingLeaves(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
  solverQueues: readonly string[],
): Promise<readonly PendingLeaf[]> {
  try {
    const described = await client.workflowService.describeWorkflowExecution({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
    });
    return (described.pendingActivities ?? []).filter(({ activityOptions }) =>
      solverQueues.includes(activityOptions?.taskQueue?.name ?? ''),
    );
  } catch (error) {
    // Deleted since it was listed.
    if ((error as { code?: unknown }).code === notFound) return [];
    throw error;
  }
}

/** gRPC status. */
const notFound = 5;
