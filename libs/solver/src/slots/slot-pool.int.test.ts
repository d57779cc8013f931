import { afterEach, describe, expect, test } from 'vitest';
import type { RunOptions, SlotPoolOptions } from './slot-pool.js';
import { SlotPool } from './slot-pool.js';

const pools: SlotPool[] = [];
function poolOf(slots: number, options: Partial<SlotPoolOptions> = {}): SlotPool {
  const pool = new SlotPool({ job: new URL('./testing/job.mjs', import.meta.url), slots, ...options });
  pools.push(pool);
  return pool;
}
afterEach(async () => void (await Promise.all(pools.splice(0).map((pool) => pool.close()))));

interface Echo {
  readonly value: unknown;
  readonly data: unknown;
  readonly threadId: number;
  readonly jobs: number;
}
const echo = (pool: SlotPool, value: unknown = 0): Promise<Echo> => pool.run({ kind: 'echo', value });

/** Resolves once the job has posted something. */
function posted(
  pool: SlotPool,
  input: object,
  signal?: AbortSignal,
): { readonly first: Promise<void>; readonly result: Promise<unknown> } {
  let result!: Promise<unknown>;
  const first = new Promise<void>((resolve) => (result = pool.run(input, { onPost: () => resolve(), signal })));
  return { first, result };
}

describe('SlotPool', () => {
  test('runs jobs at once in as many threads as slots, and uses them again', async () => {
    const pool = poolOf(2, { data: { storeUrl: 'memory:' } });
    const arrived = new SharedArrayBuffer(4);
    const met = await Promise.all(
      [1, 2].map(() => pool.run<object, Echo>({ kind: 'meet', value: { count: 2, arrived } })),
    );
    const threads = new Set(met.map(({ threadId }) => threadId));
    expect(threads.size).toBe(2);
    const later = await Promise.all(Array.from({ length: 6 }, (_, i) => echo(pool, i)));
    expect(later.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(later.every(({ threadId }) => threads.has(threadId))).toBe(true);
    expect(later[0].data).toEqual({ storeUrl: 'memory:' });
  });

  test('starts a thread before there is a job, once', async () => {
    const [pool, other] = [poolOf(2), poolOf(1)];
    pool.prepare(1);
    pool.prepare(1);
    // Threads are numbered in the order in which they start.
    const { threadId: later } = await echo(other);
    const { threadId } = await echo(pool);
    expect(threadId).toBe(later - 1);
    await pool.close();
    pool.prepare(1);
    await expect(echo(pool)).rejects.toMatchObject({ code: 'closed' });
  });

  test('tells an idle thread what jobs to come need; an error in that is left to the jobs', async () => {
    const pool = poolOf(1);
    ['kind', 'fails', { about: 'network' }].forEach((notice) => pool.prepare(notice));
    expect(await pool.run({ kind: 'notices' })).toEqual(['kind', 'fails', { about: 'network' }]);
  });

  test('hands on what a job posts, in order, before its result', async () => {
    const seen: number[] = [];
    expect(await poolOf(1).run({ kind: 'post', value: 20 }, { onPost: (value) => seen.push(value) })).toBe(20);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('an error keeps its name, message, code and cause, and costs no thread', async () => {
    const pool = poolOf(1);
    const { threadId } = await echo(pool);
    await expect(pool.run({ kind: 'fail' })).rejects.toMatchObject({
      name: 'RangeError',
      message: 'no such row',
      code: 'bad-input',
      cause: { message: 'disk', code: 'EIO' },
    });
    await expect(pool.run({ kind: 'text' })).rejects.toThrow('just text');
    await expect(pool.run({ kind: 'unsendable' })).rejects.toThrow(/could not be cloned/);
    await expect(pool.run({ kind: 'echo', value: () => 0 })).rejects.toThrow(/could not be cloned/);
    expect(await echo(pool)).toMatchObject({ threadId, jobs: 5 });
  });

  test.each(['exit', 'uncaught', 'out of memory'])(
    'a thread that ends by %s fails its own job, and the pool goes on',
    async (kind) => {
      const pool = poolOf(2, { memoryMegabytes: 32 });
      const others = [1, 2, 3, 4].map((value) => pool.run({ kind: 'wait', value }));
      const dying = pool.run({ kind });
      const waiting = echo(pool, 'after');
      await expect(dying).rejects.toMatchObject({ name: 'SolverError', code: 'crash' });
      expect((await waiting).value).toBe('after');
      await Promise.all(others);
      expect((await echo(pool)).threadId).toBeGreaterThan(0);
    },
  );

  test('a solver that needs more memory than its slot may have fails its own job, said, and the slot goes on', async () => {
    const pool = poolOf(1, { memoryMegabytes: 128 });
    const { threadId } = await echo(pool);
    expect(await pool.run({ kind: 'large model', value: 20 })).toBe('optimal');
    await expect(pool.run({ kind: 'large model', value: 1500 })).rejects.toMatchObject({
      code: 'crash',
      message: expect.stringContaining('more than the 128 MB that a slot may use'),
    });
    const after = await echo(pool);
    expect(after.threadId).not.toBe(threadId);
    expect(await pool.run({ kind: 'large model', value: 20 })).toBe('optimal');
  });

  test('a crash of the solver costs the thread, in which nothing can be trusted any more', async () => {
    const pool = poolOf(1);
    const { threadId } = await echo(pool);
    await expect(pool.run({ kind: 'solver crash' })).rejects.toMatchObject({
      code: 'crash',
      message: 'a trap in the solver',
    });
    expect((await echo(pool)).threadId).not.toBe(threadId);
  });

  test('a thread that dies between two jobs is not given the next one', async () => {
    const pool = poolOf(1);
    const dying = new SharedArrayBuffer(4);
    const { threadId } = await pool.run<object, Echo>({ kind: 'dies later', value: dying });
    const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    while (Atomics.load(new Int32Array(dying), 0) === 0) await pause(10);
    // From its last words to its end a thread takes some milliseconds.
    await pause(2000);
    expect((await echo(pool)).threadId).not.toBe(threadId);
  });

  test('a job that is first runs before those that wait', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const { first, result } = posted(pool, { kind: 'spin', value: 'listens' }, controller.signal);
    await first;
    const order: string[] = [];
    const noted = async (name: string, options: RunOptions): Promise<void> => {
      await pool.run({ kind: 'echo' }, options);
      order.push(name);
    };
    const all = [noted('leaf', {}), noted('another leaf', {}), noted('merge', { first: true })];
    controller.abort();
    await Promise.all([result, ...all]);
    expect(order).toEqual(['merge', 'leaf', 'another leaf']);
  });

  test('a signal ends a solve that blocks its thread, with what it has', async () => {
    const controller = new AbortController();
    const { first, result } = posted(poolOf(1), { kind: 'solve' }, controller.signal);
    await first;
    controller.abort();
    expect(await result).toMatchObject({ status: expect.stringMatching(/feasible|unresolved/), interrupted: true });
  });

  test('a signal is of one job: the next in the same thread is not stopped', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const { first, result } = posted(pool, { kind: 'spin', value: 'listens' }, controller.signal);
    const next = posted(pool, { kind: 'spin', value: 'listens' });
    await first;
    controller.abort();
    expect(await result).toBe('stopped');
    await next.first;
    const late = await Promise.race([next.result, new Promise((resolve) => setTimeout(resolve, 100, 'still running'))]);
    expect(late).toBe('still running');
    await pool.close();
    expect(await next.result).toBe('stopped');
  });

  test('a job whose signal was aborted while it waited for a slot ends at once', async () => {
    expect(await poolOf(1).run({ kind: 'spin', value: 'listens' }, { signal: AbortSignal.abort() })).toBe('stopped');
  });

  test('a job that does not listen is ended after its grace, and its slot goes on', async () => {
    const pool = poolOf(1);
    const { threadId } = await echo(pool);
    const deaf = pool.run({ kind: 'spin', value: 'deaf' }, { signal: AbortSignal.abort(), graceSeconds: 0.2 });
    await expect(deaf).rejects.toMatchObject({ name: 'SolverError', code: 'deaf' });
    expect((await echo(pool)).threadId).not.toBe(threadId);
    expect(await pool.run({ kind: 'spin', value: 'listens' }, { signal: AbortSignal.abort(), graceSeconds: 60 })).toBe(
      'stopped',
    );
  });

  test('close lets a job that listens return, so that it is not cut in mid-write', async () => {
    const pool = poolOf(2);
    const jobs = [0, 1].map(() => posted(pool, { kind: 'spin', value: 'listens' }));
    await Promise.all(jobs.map(({ first }) => first));
    await pool.close();
    expect(await Promise.all(jobs.map(({ result }) => result))).toEqual(['stopped', 'stopped']);
  });

  test('close ends a job that does not listen, refuses those that wait, and takes no more', async () => {
    const pool = poolOf(1);
    const { first, result } = posted(pool, { kind: 'spin', value: 'deaf' });
    const deaf = expect(result).rejects.toMatchObject({ code: 'crash' });
    const waiting = expect(echo(pool)).rejects.toMatchObject({ code: 'closed' });
    await first;
    await pool.close();
    await Promise.all([deaf, waiting]);
    await expect(echo(pool)).rejects.toMatchObject({ code: 'closed' });
  });

  test('a job module that is not there fails the job, not the process', async () => {
    await expect(echo(poolOf(1, { job: new URL('./testing/none.mjs', import.meta.url) }))).rejects.toMatchObject({
      code: 'crash',
    });
    expect(() => poolOf(0)).toThrow(RangeError);
  });
});
