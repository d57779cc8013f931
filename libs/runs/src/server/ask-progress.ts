import type { Client } from '@temporalio/client';
import { progressQuery, type NodeWorkflow, type Progress } from '@mipnet/workflows';
import { checkProgress } from '../records/check-run-data.js';
import { failedQuery } from './server-errors.js';

/** A server that has ended answers no query, but the client would try for a minute. */
export const querySeconds = 5;

export interface Answer {
  /** undefined if no worker answers, or none of this version. */
  readonly progress?: Progress;
  /** Why there is none. Empty: no worker answered in time, which need not be an error. */
  readonly error: string;
}

/** Asks a run where it stands. */
export async function askProgress(client: Client, run: string): Promise<Answer> {
  try {
    const answer = await client.withDeadline(Date.now() + querySeconds * 1000, () =>
      client.workflow.getHandle<NodeWorkflow>(run).query(progressQuery),
    );
    const { value, wrong } = checkProgress(answer);
    return { progress: value, error: wrong ?? '' };
  } catch (error) {
    return { error: failedQuery(error) };
  }
}
