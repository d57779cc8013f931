import type { Info } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore, ObjectStoreError, type ObjectRef } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import type { Bundle, LeafOutcome } from '@mipnet/workflows';
import type { BundleProgress } from './bundle.js';
import { leafBegins, type LeafHooks } from './leaf-solver.js';
import { createSolverActivities } from './solver-activities.js';
import { StoreGuard } from './store-guard.js';

const ref = (key: string): ObjectRef => ({ key, sha256: `hash of ${key}`, bytes: 0 });
const leafOf = (index: number): ProblemNode => ({
  kind: 'train',
  name: `leaf ${index}`,
  problem: ref(`problem ${index}`),
  splits: [],
});
const bundle: Bundle = { id: 'run/1', leaves: [0, 1, 2, 3].map(leafOf), seconds: 60 };
const solvedOf = ({ name }: ProblemNode, more: Partial<Solved> = {}): Solved => ({
  name,
  objective: 1,
  bound: 0,
  accuracy: { train: null, validation: null },
  leaves: { ...noLeaves, feasible: 1 },
  seconds: { solver: 1, merge: 0 },
  stopped: false,
  ...more,
});

type Solve = (leaf: ProblemNode, hooks: LeafHooks) => Promise<Solved>;

const attempt = (info: Partial<Info> = {}) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

/** Runs an attempt at the bundle. */
function run(solve: Solve, { store = new MemoryStore(), environment = attempt(), of = bundle } = {}) {
  const { solveBundle } = createSolverActivities({ leaves: { solve }, store, guard: new StoreGuard(store) });
  return environment.run(solveBundle, of) as Promise<readonly LeafOutcome[]>;
}
/** What became of each leaf, in a word. */
const words = (outcomes: readonly LeafOutcome[]): string[] =>
  outcomes.map(({ solved, again }) => again ?? (solved ? (solved.stopped ? 'stopped' : 'solved') : '-'));

describe('solveBundle', () => {
  afterEach(() => void vi.useRealTimers());

  it('solves the leaves one after the other, and heartbeats the progress of the one at work', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const environment = attempt();
    const heartbeats: BundleProgress[] = [];
    environment.on('heartbeat', (details: BundleProgress) => heartbeats.push(details));
    let atOnce = 0;
    const outcomes = await run(
      async (leaf, { onProgress }) => {
        expect(++atOnce).toBe(1);
        onProgress({ ...leafBegins(leaf), objective: 3, bound: 1, nodes: 7, work: 99, checkpoint: ref(leaf.name) });
        vi.advanceTimersByTime(1000);
        await Promise.resolve();
        atOnce--;
        return solvedOf(leaf);
      },
      { environment },
    );
    expect(outcomes.map(({ solved }) => solved)).toEqual(bundle.leaves.map((leaf) => solvedOf(leaf)));
    expect(heartbeats.map(({ at, work, checkpoint }) => [at, work, checkpoint?.key])).toEqual([
      [0, 0, undefined],
      [0, 99, 'leaf 0'],
      [1, 99, 'leaf 1'],
      [2, 99, 'leaf 2'],
      [3, 99, 'leaf 3'],
    ]);
  });

  it.each([
    ['crash', 'crash'],
    ['ECONNREFUSED', 'error'],
  ])('continues after a leaf that fails (%s), which is to be done alone', async (code, again) => {
    const outcomes = await run(async (leaf) => {
      if (leaf.name === 'leaf 1') throw Object.assign(new Error('no'), { code });
      return solvedOf(leaf);
    });
    expect(words(outcomes)).toEqual(['solved', again, 'solved', 'solved']);
  });

  it('fails the run for bad input', async () => {
    const solve: Solve = async () => {
      throw Object.assign(new Error('layer 2 has no units'), { code: 'plan', blame: 'input' });
    };
    await expect(run(solve)).rejects.toMatchObject({ type: 'BadInput', nonRetryable: true });
  });

  it('returns what it has when the workflow cancels', async () => {
    const environment = attempt();
    const outcomes = await run(
      async (leaf) => {
        if (leaf.name === 'leaf 2') environment.cancel();
        return solvedOf(leaf, { stopped: leaf.name === 'leaf 2' });
      },
      { environment },
    );
    expect(words(outcomes)).toEqual(['solved', 'solved', 'stopped', '-']);
  });

  it('hands on the checkpoint of the leaf in its hands when its worker leaves', async () => {
    const environment = attempt();
    const outcomes = await run(
      async (leaf, { onProgress }) => {
        if (leaf.name !== 'leaf 1') return solvedOf(leaf);
        onProgress(leafBegins(leaf, ref('incumbent')));
        environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
        return solvedOf(leaf, { stopped: true });
      },
      { environment },
    );
    expect(words(outcomes)).toEqual(['solved', 'interrupted', '-', '-']);
    expect(outcomes[1].checkpoint).toEqual(ref('incumbent'));
  });

  it('ends with a decisive result', async () => {
    const outcomes = await run(async (leaf) => solvedOf(leaf, { decisive: leaf.name === 'leaf 1' }));
    expect(words(outcomes)).toEqual(['solved', 'solved', '-', '-']);
  });

  it('begins no further leaf when its time is over, but always the first', async () => {
    const outcomes = await run(async (leaf) => solvedOf(leaf), { of: { ...bundle, seconds: -1 } });
    expect(words(outcomes)).toEqual(['solved', '-', '-', '-']);
  });

  const away = new ObjectStoreError('unavailable', 'the store does not answer');

  it('keeps what is solved when the store fails in the middle', async () => {
    const outcomes = await run(async (leaf) => {
      if (leaf.name === 'leaf 1') throw away;
      return solvedOf(leaf);
    });
    expect(words(outcomes)).toEqual(['solved', 'error', '-', '-']);
  });

  it('reports the store when nothing is solved', async () => {
    await expect(run(() => Promise.reject(away))).rejects.toMatchObject({ type: 'Store', details: ['unavailable'] });
  });

  it('collects, in a second attempt, what the first one stored, and solves nothing', async () => {
    const store = new MemoryStore();
    // The worker dies with the third leaf: nothing of its activity returns.
    void run(async (leaf) => (leaf.name === 'leaf 2' ? new Promise(() => undefined) : solvedOf(leaf)), { store });
    const stored = async (): Promise<number> => {
      let count = 0;
      for await (const _key of store.list('bundles/')) count++;
      return count;
    };
    await vi.waitFor(async () => expect(await stored()).toBe(2));
    const heartbeatDetails: BundleProgress = {
      ...leafBegins(leafOf(2), ref('incumbent')),
      ...{ at: 2, leaf: 'leaf 2' },
    };
    const never: Solve = () => Promise.reject(new Error('solved again'));
    const outcomes = await run(never, { store, environment: attempt({ attempt: 2, heartbeatDetails }) });
    expect(words(outcomes)).toEqual(['solved', 'solved', 'lost', 'lost']);
    expect(outcomes[1].solved).toEqual(solvedOf(leafOf(1)));
    expect(outcomes.map(({ checkpoint }) => checkpoint?.key)).toEqual([undefined, undefined, 'incumbent', undefined]);
    // Another bundle, or another problem under the same name, gets none of it.
    const environment = () => attempt({ attempt: 2 });
    const lost = ['lost', 'lost', 'lost', 'lost'];
    expect(words(await run(never, { store, environment: environment(), of: { ...bundle, id: 'run/2' } }))).toEqual(
      lost,
    );
    const leaves = bundle.leaves.map((leaf) => ({ ...leaf, problem: ref('another') }));
    expect(words(await run(never, { store, environment: environment(), of: { ...bundle, leaves } }))).toEqual(lost);
  });
});
