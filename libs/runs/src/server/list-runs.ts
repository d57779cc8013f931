// Tested by ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import type { Connection } from '@temporalio/client';
import { kindNames } from '../kinds/kinds.js';
import { isRunId } from '../records/run-id.js';
import { serverRunOf, type ServerRun } from './server-run.js';

/** A list reads at most this many runs of a server. */
const mostListed = 5000;

export interface Namespace {
  readonly connection: Connection;
  readonly namespace: string;
}

/** The runs of a namespace, newest first. @param prefix of the run's id */
export async function listRuns(
  { connection, namespace }: Namespace,
  limit: number,
  prefix?: string,
): Promise<readonly ServerRun[]> {
  if (prefix !== undefined && !isRunId(prefix)) return [];
  const query = [
    `WorkflowType IN (${kindNames.map((kind) => `'${kind}'`).join(', ')})`,
    'ParentWorkflowId IS NULL',
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...(prefix === undefined ? [] : [`WorkflowId STARTS_WITH '${prefix}'`]),
  ].join(' AND ');
  const runs: ServerRun[] = [];
  // Runs that cannot be read hide no others.
  const readable = (): number => runs.filter(({ unreadable }) => unreadable === undefined).length;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await connection.workflowService.listWorkflowExecutions({
      namespace,
      query,
      pageSize: Math.min(limit, 100),
      nextPageToken,
    });
    runs.push(...(await Promise.all(page.executions.map(serverRunOf))).filter(({ run }) => isRunId(run)));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken?.length && readable() < limit && runs.length < mostListed);
  return runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}
