import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseUpdate, progressQuery, resumeUpdate, stopUpdate, type NodeWorkflow, patientWorkflows } from './index.js';
import { fakeNode, fakeTraining } from './testing/fake-training.js';
import { endless, hasServer, NodeServer, solvedLeaves, type Handle } from './testing/node-server.js';

describe.skipIf(!hasServer).concurrent('a node that ends early', () => {
  const nodes = new NodeServer();
  beforeAll(() => nodes.start());
  afterAll(() => nodes.stop());

  it('is not completed in lists if it was stopped, or if its budget ended it', async () => {
    const input = { node: fakeNode('pairs'), window: 2, searchAttributes: true, about: { plan: 'few-shot' } };
    const statusOf = async (handle: Handle) => (await handle.describe()).searchAttributes.MipnetStatus;
    await nodes.withRun({ parts: { pairs: 3 }, solving: endless }, input, async ({ handle }) => {
      await solvedLeaves(handle, 0, 2);
      await handle.executeUpdate(pauseUpdate);
      expect(await statusOf(handle)).toEqual(['paused']);
      await handle.executeUpdate(stopUpdate);
      await handle.result();
      expect(await statusOf(handle)).toEqual(['stopped']);
    });
    await nodes.withRun({ parts: { pairs: 3 } }, { ...input, budget: { subproblems: 1 } }, async ({ handle }) => {
      await handle.result();
      expect(await statusOf(handle)).toEqual(['budget']);
    });
  });

  it('returns the results so far when stopped, from children too', async () => {
    await nodes.withRun(
      { parts: { pairs: 3, batches: 4 }, solving: endless },
      { node: fakeNode('pairs', 'batches'), window: 2 },
      async ({ handle, workflowId }) => {
        await solvedLeaves(handle, 2, 2);
        expect(await handle.executeUpdate(stopUpdate)).toMatchObject({ stopped: true });
        const solved = await handle.result();
        const part = (pair: number) => `(root/0.${pair}/0.0 root/0.${pair}/0.1:cut root/0.${pair}/0.2:cut -)`;
        expect(solved).toMatchObject({
          stopped: true,
          incumbent: { key: `(${part(0)} ${part(1)} -)` },
          leaves: { feasible: 6, unfinished: 6 },
        });
        expect(await handle.query(progressQuery)).toMatchObject({ solved: 6, total: 12 });
        await nodes.save('stopped', workflowId);
      },
    );
  });

  it('takes a cancellation for a stop', async () => {
    await nodes.withRun(
      { parts: { pairs: 5 }, solving: endless },
      { node: fakeNode('pairs'), window: 2 },
      async ({ handle }) => {
        await solvedLeaves(handle, 1, 2);
        await handle.cancel();
        expect(await handle.result()).toMatchObject({
          stopped: true,
          incumbent: { key: '(root/0.0 root/0.1:cut root/0.2:cut - -)' },
        });
      },
    );
  });

  it('stops without a worker for what nobody has begun', async () => {
    const taskQueue = 'queue-without-solver';
    const worker = await Worker.create({
      connection: nodes.connection,
      taskQueue,
      workflowBundle: nodes.workflowBundle,
      ...patientWorkflows,
      activities: fakeTraining({ parts: { pairs: 3 } }),
    });
    await worker.runUntil(async () => {
      const handle = await nodes.client.workflow.start<NodeWorkflow>('train', {
        taskQueue,
        workflowId: 'no-solver',
        args: [{ run: 'no-solver', node: fakeNode('pairs'), window: 2 }],
      });
      await solvedLeaves(handle, 0, 2);
      await handle.executeUpdate(stopUpdate);
      expect(await handle.result()).toMatchObject({ stopped: true, incumbent: { key: '(- - -)' } });
    });
  });

  it('ends when its budget of subproblems is used up, with the results so far', async () => {
    const budget = { subproblems: 3 };
    await nodes.withRun(
      { parts: { pairs: 9 }, solving: () => pause(50) },
      { node: fakeNode('pairs'), window: 1, budget },
      async ({ handle }) => {
        const solved = await handle.result();
        expect(solved).toMatchObject({ endedBy: 'subproblems', stopped: true, leaves: { feasible: 3 } });
        expect(solved.incumbent!.key).toMatch(/^\(root\/0\.0 root\/0\.1 root\/0\.2 (- ?)+\)$/);
      },
    );
  });

  it('ends when its time is over, also when nothing ends, and its history replays', async () => {
    await nodes.withRun(
      { parts: { pairs: 4 }, solving: endless },
      { node: fakeNode('pairs'), window: 2, budget: { wall: 2 } },
      async ({ handle }) => {
        expect(await handle.result()).toMatchObject({
          endedBy: 'wall',
          stopped: true,
          incumbent: { key: expect.stringMatching(/ -\)$/) },
        });
      },
    );
  });

  it('ends after the round that meets a target, and is not cut short', async () => {
    await nodes.withRun(
      { parts: { batches: 2 }, rounds: { batches: 5 } },
      { node: fakeNode('batches'), window: 2, budget: { accuracy: 0.5 } },
      async ({ handle }) => {
        expect(await handle.result()).toMatchObject({ endedBy: 'accuracy', stopped: false, leaves: { feasible: 2 } });
      },
    );
  });

  it('begins no leaf while paused', async () => {
    let begun = 0;
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    // The first leaf ends, the second one waits for the gate.
    const solving = async () => {
      if (++begun === 2) await gate;
    };
    await nodes.withRun(
      { parts: { pairs: 6 }, solving },
      { node: fakeNode('pairs'), window: 1 },
      async ({ handle }) => {
        await solvedLeaves(handle, 1, 1);
        expect(await handle.executeUpdate(pauseUpdate)).toMatchObject({ paused: true, etaSeconds: null });
        open();
        await solvedLeaves(handle, 2, 0);
        // The third would begin at once.
        await pause(400);
        expect(begun).toBe(2);
        await handle.executeUpdate(resumeUpdate);
        expect((await handle.result()).leaves.feasible).toBe(6);
      },
    );
  });
});
