// Tested by run-server.int.test.ts.
import type { Connection } from '@temporalio/client';
import { tsToDate } from '@temporalio/common/lib/time.js';
import { plainLine } from '@mipnet/text';

/** A build of the workers, as `deploymentOptions` of the worker names it. */
export interface Version {
  readonly deploymentName: string;
  readonly buildId: string;
}

export interface Poller {
  readonly version: Version | undefined;
  /** How long ago it last asked for a task, seconds. */
  readonly seconds: number;
}

export interface Pollers {
  readonly queue: string;
  readonly list: readonly Poller[];
}

/** Numbers of the enum TaskQueueType. */
export const queueType = { workflow: 1, activity: 2 } as const;

/**
 * A poll lasts a minute, so a worker that waits for work has asked within this time; the server lists it for five
 * minutes.
 */
const freshSeconds = 75;

/** The workers that poll a queue, or did in the last five minutes. A worker whose slots are all busy does not poll. */
export async function pollersOf(
  { connection, namespace }: { readonly connection: Connection; readonly namespace: string },
  queue: string,
  type: number,
): Promise<Pollers> {
  const answer = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: type,
  });
  const list = answer.pollers.map(({ lastAccessTime, deploymentOptions }): Poller => {
    const { deploymentName, buildId } = deploymentOptions ?? {};
    const seconds = lastAccessTime ? Math.max(0, (Date.now() - tsToDate(lastAccessTime).getTime()) / 1000) : Infinity;
    return { version: deploymentName && buildId ? { deploymentName, buildId } : undefined, seconds };
  });
  return { queue, list };
}

/**
 * @param version that the run is bound to. @default any worker
 * @returns `none`: a sentence that no such worker polls. Otherwise `polled`: how long ago the last one did, seconds
 */
export function freshPoller(
  { queue, list }: Pollers,
  version: Version | undefined,
  role: string,
): { readonly none?: string; readonly polled: number } {
  const fresh = list.filter(({ seconds }) => seconds <= freshSeconds);
  const isRight = ({ version: its }: Poller): boolean =>
    version === undefined || (its?.deploymentName === version.deploymentName && its.buildId === version.buildId);
  const right = fresh.filter(isRight);
  if (right.length > 0) return { polled: Math.round(Math.min(...right.map(({ seconds }) => seconds))) };
  if (version === undefined) return { none: `no ${role} polls the queue ${queue}`, polled: Infinity };
  const named = ({ deploymentName, buildId }: Version): string =>
    plainLine(`${buildId} of the deployment ${deploymentName}`);
  const others = [
    ...new Set(fresh.map((poller) => (poller.version ? plainLine(poller.version.buildId) : 'without a build'))),
  ];
  const instead = others.length === 0 ? '' : ` (those that poll are ${others.join(', ')})`;
  return {
    none: `no ${role} of build ${named(version)} polls the queue ${queue}${instead}; the run is bound to that build`,
    polled: Infinity,
  };
}
