import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { failureTypes, progressQuery, storeFailures, triesOfBadStore } from './index.js';
import { fakeNode, fakeTraining } from './testing/fake-training.js';
import { inProcess } from './testing/in-process.js';
import { hasServer, NodeServer } from './testing/node-server.js';

describe.skipIf(!hasServer).concurrent('a node whose leaves fail', () => {
  const nodes = new NodeServer();
  beforeAll(() => nodes.start());
  afterAll(() => nodes.stop());

  it('counts a leaf that fails all its attempts and goes on without it', async () => {
    let attempts = 0;
    const solving = async (leaf: ProblemNode) => {
      if (leaf.name !== 'pairs 1') return;
      attempts++;
      throw ApplicationFailure.create({ message: 'crash', nextRetryDelay: '10ms' });
    };
    await nodes.withRun(
      { parts: { pairs: 3 }, solving },
      { node: fakeNode('pairs'), window: 3 },
      async ({ handle, workflowId }) => {
        const solved = await handle.result();
        expect(solved.incumbent!.key).toBe('(root/0.0 - root/0.2)');
        expect(solved.leaves).toEqual({ optimal: 0, feasible: 2, unresolved: 0, failed: 1 });
        expect(solved.failures).toEqual([{ name: 'pairs 1', why: 'crash' }]);
        expect([solved.stopped, attempts]).toEqual([false, 5]);
        await nodes.save('failed-leaf', workflowId);
      },
    );
  });

  it('fails at once when the input is wrong', async () => {
    const solving = () => Promise.reject(ApplicationFailure.nonRetryable('pixel 3 is NaN', failureTypes.badInput));
    await nodes.withRun(
      { parts: { pairs: 2 }, solving },
      { node: fakeNode('pairs'), window: 2 },
      async ({ handle }) => {
        await expect(handle.result()).rejects.toMatchObject({
          cause: { cause: { message: 'pixel 3 is NaN', type: 'BadInput' } },
        });
      },
    );
  });

  it('gives the same result when a worker is lost in the middle of a leaf', async () => {
    const solving = async (leaf: ProblemNode) => {
      const { cancelled, info } = Context.current();
      if (leaf.name !== 'pairs 1' || info.attempt > 1) return;
      // A worker that is cut off sends no heartbeat; when it is back it sends its result, which is too late.
      await cancelled.catch(() => undefined);
      return { stopped: true };
    };
    await nodes.withRun(
      { parts: { pairs: 4 }, solving },
      { node: fakeNode('pairs'), window: 4 },
      async ({ handle }) => {
        expect(await handle.result()).toEqual(await inProcess({ parts: { pairs: 4 } }, fakeNode('pairs')));
        const { events } = await handle.fetchHistory();
        expect(Math.max(...events!.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0))).toBe(2);
      },
    );
  });

  it('takes one result of a leaf, whatever other workers send', async () => {
    const other: Solved = {
      ...(await fakeTraining({ parts: {} }).solve({
        ...fakeNode(),
        name: 'pairs 0',
        problem: { key: 'root/0.0', sha256: '', bytes: 0 },
      })),
    };
    const solving = async (leaf: ProblemNode) => {
      if (leaf.name !== 'pairs 0') return;
      // What another process sends with the same token is first; this worker's own result is a duplicate.
      await nodes.client.activity.complete(Context.current().info.taskToken, other);
      return { stopped: true };
    };
    await nodes.withRun(
      { parts: { pairs: 3 }, solving },
      { node: fakeNode('pairs'), window: 3 },
      async ({ handle }) => {
        expect(await handle.result()).toEqual(await inProcess({ parts: { pairs: 3 } }, fakeNode('pairs')));
      },
    );
  });

  /** Fails so often with a failure of the store. */
  const failingStore = (why: string, times: number) => {
    const seen = { attempts: 0 };
    const solving = async (leaf: ProblemNode) => {
      if (leaf.name !== 'pairs 1' || ++seen.attempts > times) return;
      throw ApplicationFailure.create({
        message: `the store: ${why}`,
        type: failureTypes.store,
        nonRetryable: true,
        details: [why],
      });
    };
    return { seen, solving };
  };

  it.each([
    ['unavailable', 2],
    ['missing', triesOfBadStore - 1],
    [storeFailures.otherStore, triesOfBadStore + 2],
  ])('tries a leaf elsewhere when only the store is in its way: %s', async (why, times) => {
    const { seen, solving } = failingStore(why, times);
    await nodes.withRun(
      { parts: { pairs: 3 }, solving },
      { node: fakeNode('pairs'), window: 3 },
      async ({ handle }) => {
        expect((await handle.result()).leaves).toMatchObject({ feasible: 3, failed: 0 });
        expect(seen.attempts).toBe(times + 1);
        expect(await handle.query(progressQuery)).toMatchObject({ trouble: `the store: ${why}` });
      },
    );
  });

  it.each(['missing', 'damaged', 'refused', 'unwritable'])(
    'fails the run, and never leaves the leaf out, when all tries end so: %s',
    async (why) => {
      const { seen, solving } = failingStore(why, Infinity);
      await nodes.withRun(
        { parts: { pairs: 3 }, solving },
        { node: fakeNode('pairs'), window: 3 },
        async ({ handle }) => {
          await expect(handle.result()).rejects.toMatchObject({
            cause: { cause: { message: `the store: ${why}`, type: 'Store' } },
          });
          expect(seen.attempts).toBe(triesOfBadStore);
        },
      );
    },
  );

  it('gives a leaf to another worker when all the attempts were interrupted', async () => {
    let attempts = 0;
    const checkpoint = { key: 'incumbent', sha256: '', bytes: 0 };
    const solving = async () => {
      if (++attempts <= 5)
        throw ApplicationFailure.create({
          type: failureTypes.interrupted,
          nextRetryDelay: '10ms',
          details: [checkpoint],
        });
    };
    await nodes.withRun({ parts: {}, solving }, { node: fakeNode(), window: 1 }, async ({ handle }) => {
      expect((await handle.result()).incumbent!.key).toBe('root');
      expect(attempts).toBe(6);
      const { events } = await handle.fetchHistory();
      const inputs = events!.flatMap(
        (event) => event.activityTaskScheduledEventAttributes?.input?.payloads?.length ?? [],
      );
      expect(inputs).toEqual([1, 2]);
      expect(await handle.query(progressQuery)).toMatchObject({ split: null, solved: 1, total: 1 });
    });
  });
});
