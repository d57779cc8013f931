// Tested by ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { tsToDate } from '@temporalio/common/lib/time.js';
import { checkRequest } from '../records/check-run-data.js';
import type { RunRequest } from '../records/run-request.js';

/** Key of the request in a workflow's memo. */
export const memoKey = 'mipnet';

/** A run as its server knows it. */
export interface ServerRun {
  readonly run: string;
  /** Of its root: train, verify. */
  readonly kind: string;
  readonly state: 'running' | 'completed' | 'failed';
  /** ISO 8601 */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** undefined for a run of a version that noted none, and for unreadable data. */
  readonly request: RunRequest | undefined;
  /** Temporal's id of its newest workflow execution. */
  readonly execution?: string;
  /** What is wrong with the request in its memo. */
  readonly unreadable?: string;
}

type RawExecution = WorkflowExecutionInfo['raw'];

/** Of the enum temporal.api.enums.v1.WorkflowExecutionStatus. */
const running = 1;
const completed = 2;

/**
 * Reads one execution at a time: the client's own reader decodes whole pages, and one memo that is no JSON would make
 * all other runs unreadable.
 */
export async function serverRunOf({
  execution,
  type,
  status,
  startTime,
  closeTime,
  memo,
}: RawExecution): Promise<ServerRun> {
  const run = execution?.workflowId ?? '';
  const { request, unreadable } = await requestOf(run, type?.name ?? '', memo?.fields?.[memoKey]);
  const iso = (time: Parameters<typeof tsToDate>[0] | null | undefined): string | null =>
    time ? tsToDate(time).toISOString() : null;
  return {
    run,
    kind: type?.name ?? '',
    state: status === running ? 'running' : status === completed ? 'completed' : 'failed',
    // A run that continued as new began earlier than its last workflow execution.
    startedAt: request?.startedAt ?? iso(startTime) ?? new Date(0).toISOString(),
    endedAt: iso(closeTime),
    request,
    ...(execution?.runId ? { execution: execution.runId } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

async function requestOf(
  run: string,
  kind: string,
  payload: Payload | undefined,
): Promise<Pick<ServerRun, 'request' | 'unreadable'>> {
  if (!payload) return { request: undefined };
  let memo: unknown;
  try {
    memo = defaultPayloadConverter.fromPayload(payload);
  } catch {
    return { request: undefined, unreadable: 'its memo is no JSON' };
  }
  const { value, wrong } = await checkRequest(memo);
  if (wrong !== undefined) return { request: undefined, unreadable: wrong };
  if (value.run !== run) return { request: undefined, unreadable: `its memo is of another run, ${value.run}` };
  if (value.asked.kind !== kind)
    return { request: undefined, unreadable: `its memo is of a ${value.asked.kind}, and its workflow a ${kind}` };
  return { request: value };
}
