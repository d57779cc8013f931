import type { Info } from '@temporalio/activity';
import { ActivityCancellationDetails, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore, type ObjectRef } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import { leafBegins, type LeafHooks, type LeafProgress } from './leaf-solver.js';
import { createSolverActivities } from './solver-activities.js';
import { StoreGuard } from './store-guard.js';

const ref = (key: string): ObjectRef => ({ key, sha256: '', bytes: 0 });
const leaf: ProblemNode = { kind: 'train', name: 'pair 4v9', problem: ref('p'), splits: [] };
const solvedOf = (stopped: boolean): Solved => ({
  name: leaf.name,
  objective: 1,
  bound: 0,
  accuracy: { train: null, validation: null },
  leaves: { ...noLeaves, feasible: 1 },
  seconds: { solver: 1, merge: 0 },
  stopped,
});
const progress: LeafProgress = {
  ...leafBegins(leaf),
  objective: 3,
  bound: 1,
  nodes: 7,
  work: 99,
  checkpoint: ref('incumbent'),
};

const attempt = (info: Partial<Info> = {}) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

/** Solves until aborted, and then returns its incumbent. */
const endless = async ({ signal, onProgress }: LeafHooks): Promise<Solved> => {
  onProgress(progress);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return solvedOf(true);
};

const activity = (solve: (hooks: LeafHooks) => Promise<Solved>) =>
  createSolverActivities({
    leaves: { solve: (_leaf, hooks) => solve(hooks) },
    store: new MemoryStore(),
    guard: new StoreGuard(new MemoryStore()),
  }).solve;

describe('solve', () => {
  afterEach(() => void vi.useRealTimers());

  it('heartbeats the progress of the leaf, the checkpoint of an earlier attempt first', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const environment = attempt({ heartbeatDetails: { ...progress, checkpoint: ref('earlier') } });
    const heartbeats: LeafProgress[] = [];
    environment.on('heartbeat', (details: LeafProgress) => heartbeats.push(details));
    let given: ObjectRef | undefined;
    await environment.run(
      activity(async (hooks) => {
        given = hooks.checkpoint;
        hooks.onProgress({ ...progress, checkpoint: undefined });
        vi.advanceTimersByTime(1100);
        return solvedOf(false);
      }),
      leaf,
      ref('from the workflow'),
    );
    expect(given).toEqual(ref('earlier'));
    expect(heartbeats.map(({ work, checkpoint }) => [work, checkpoint?.key])).toEqual([
      [0, 'earlier'],
      [99, 'earlier'],
    ]);
  });

  it('hands back the incumbent when the workflow cancels', async () => {
    const environment = attempt();
    const solved = environment.run(activity(endless), leaf);
    environment.cancel();
    expect(await solved).toEqual(solvedOf(true));
  });

  it('does not take the incumbent of a worker that shuts down for a result, but hands on its checkpoint', async () => {
    const environment = attempt();
    const solved = environment.run(activity(endless), leaf);
    environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await expect(solved).rejects.toMatchObject({
      type: 'Interrupted',
      nonRetryable: false,
      details: [ref('incumbent')],
    });
  });

  it('takes a leaf that was finished although the worker shuts down', async () => {
    const environment = attempt();
    environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    expect(
      await environment.run(
        activity(async () => solvedOf(false)),
        leaf,
      ),
    ).toEqual(solvedOf(false));
  });

  it.each([
    ['bad-input', { type: 'BadInput', nonRetryable: true }],
    ['plan', { type: 'BadInput', nonRetryable: true }],
  ])('tells the workflow that an error with code %s is not worth a retry', async (code, failure) => {
    const cause = Object.assign(new Error('layer 2 has no units'), { code, blame: 'input' });
    const failed = attempt().run(
      activity(() => Promise.reject(cause)),
      leaf,
    );
    await expect(failed).rejects.toMatchObject({ ...failure, message: 'layer 2 has no units', cause });
    await expect(failed).rejects.toBeInstanceOf(ApplicationFailure);
  });

  it('leaves other errors as they are: they are tried again', async () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    await expect(
      attempt().run(
        activity(() => Promise.reject(cause)),
        leaf,
      ),
    ).rejects.toBe(cause);
  });
});
