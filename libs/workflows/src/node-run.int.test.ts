import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreIdentity } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { leafProgressSignal, progressQuery, solverQueueOf, type NodeWorkflow, patientWorkflows } from './index.js';
import { fakeNode, fakeTraining, type FakeTraining } from './testing/fake-training.js';
import { inProcess } from './testing/in-process.js';
import { hasServer, NodeServer, solvedLeaves } from './testing/node-server.js';

describe.skipIf(!hasServer).concurrent('a node on a Temporal server', () => {
  const nodes = new NodeServer();
  beforeAll(() => nodes.start());
  afterAll(() => nodes.stop());

  it('solves 45 parts through a window and merges them in order', async () => {
    let atOnce = 0;
    let most = 0;
    // Results arrive in another order than that of the parts.
    const solving = async ({ name }: ProblemNode) => {
      most = Math.max(most, ++atOnce);
      // None ends before the window has been full once.
      while (most < 6) await pause(5);
      await pause(((Number(name.split(' ')[1]) * 7919) % 6) * 5);
      atOnce--;
    };
    await nodes.withRun(
      { parts: { pairs: 45 }, solving },
      { node: fakeNode('pairs'), window: 6, searchAttributes: true },
      async ({ handle }) => {
        const solved = await handle.result();
        expect(solved.incumbent!.key).toBe(`(${Array.from({ length: 45 }, (_, i) => `root/0.${i}`).join(' ')})`);
        expect(solved.leaves.feasible).toBe(45);
        expect(most).toBe(6);
        expect(await handle.query(progressQuery)).toMatchObject({
          split: 'pairs',
          solved: 45,
          total: 45,
          inFlight: 0,
          outstanding: 0,
          stopped: false,
        });
        const { searchAttributes } = await handle.describe();
        expect(searchAttributes).toMatchObject({
          MipnetSplit: ['pairs'],
          MipnetRound: [0],
          MipnetOutstanding: [0],
          MipnetObjective: [solved.objective],
        });
        const { events } = await handle.fetchHistory();
        const summaries = events!.flatMap(
          ({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString() || [],
        );
        expect(summaries).toContain('"pairs 44"');
      },
    );
  });

  it('divides parts further in child workflows, as the recursion does in one process', async () => {
    const fake: FakeTraining = { parts: { pairs: 3, batches: 4 }, rounds: { batches: 2 }, solving: () => pause(5) };
    await nodes.withRun(fake, { node: fakeNode('pairs', 'batches'), window: 2 }, async ({ handle, workflowId }) => {
      const solved = await handle.result();
      expect(solved).toEqual(await inProcess(fake, fakeNode('pairs', 'batches')));
      const child = await nodes.client.workflow.getHandle(`${workflowId}/pairs 2`).describe();
      expect([
        child.type,
        await child.staticSummary(),
        child.raw.workflowExecutionInfo?.parentExecution?.workflowId,
      ]).toEqual(['train', 'pairs 2', workflowId]);
      expect(await handle.query(progressQuery)).toMatchObject({ solved: 24, total: 24, counts: { feasible: 24 } });
      await nodes.save('nested', workflowId);
    });
  });

  it('gives every kind of node its workflow type, down the tree', async () => {
    await nodes.withRun(
      { parts: { images: 1, classes: 2 } },
      { node: { ...fakeNode('images', 'classes'), kind: 'verify' }, window: 2 },
      async ({ handle, workflowId }) => {
        expect((await handle.result()).leaves.feasible).toBe(2);
        const types = await Promise.all(
          [workflowId, `${workflowId}/images 0`].map(
            async (id) => (await nodes.client.workflow.getHandle(id).describe()).type,
          ),
        );
        expect(types).toEqual(['verify', 'verify']);
      },
    );
  });

  it('says to every activity which store its run has, in children too', async () => {
    const store: StoreIdentity = { id: 'one', url: 's3://mipnet/one' };
    await nodes.withRun(
      { parts: { pairs: 2, batches: 2 } },
      { node: fakeNode('pairs', 'batches'), window: 2, store },
      async ({ handle, workflowId }) => {
        await handle.result();
        for (const id of [workflowId, `${workflowId}/pairs 1`]) {
          const { events } = await nodes.client.workflow.getHandle(id).fetchHistory();
          const scheduled = events!.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
            const payloads = scheduled?.input?.payloads ?? [];
            // After the store, a leaf has the number of its reports.
            return payloads.at(scheduled?.activityType?.name === 'solve' ? 2 : -1)?.data ?? [];
          });
          expect(scheduled.length).toBeGreaterThan(1);
          for (const data of scheduled) expect(JSON.parse(Buffer.from(data).toString())).toEqual(store);
        }
      },
    );
  });

  it('gets few reports of its children, however many milestones they pass', async () => {
    await nodes.withRun(
      { parts: { pairs: 2, batches: 1 }, rounds: { batches: 3 } },
      { node: fakeNode('pairs', 'batches'), window: 4 },
      async ({ handle }) => {
        const began = Date.now();
        expect((await handle.result()).leaves.feasible).toBe(6);
        const seconds = (Date.now() - began) / 1000;
        const { events } = await handle.fetchHistory();
        const reports = events!.filter(
          ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'childProgress',
        );
        // All together one in ten seconds; they pass 18 milestones.
        expect(reports.length).toBeLessThanOrEqual(Math.ceil(seconds / 10));
      },
    );
  });

  it('shows what a long leaf does, though it has not ended, and what a list shows of the run', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const waiting = async () => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 100);
      await gate;
      clearInterval(beat);
    };
    const about = { plan: 'few-shot', dataset: 'mnist' };
    const news = { name: 'root', step: 'branch and cut', objective: 8, bound: 6, nodes: 3, work: 9, startedAt: 5 };
    await nodes.withRun(
      { parts: {}, solving: waiting },
      { node: fakeNode(), window: 1, searchAttributes: true, about },
      async ({ handle }) => {
        const listed = async () => (await handle.describe()).searchAttributes;
        const common = { MipnetPlan: ['few-shot'], MipnetDataset: ['mnist'] };
        try {
          // Before its leaf has begun, a run has nothing to show it for.
          await solvedLeaves(handle, 0, 1);
          await handle.signal(leafProgressSignal, news);
          expect(await handle.query(progressQuery)).toMatchObject({
            underWay: [news],
            objective: 8,
            bound: 6,
            gap: 0.25,
          });
          expect(await listed()).toMatchObject({ ...common, MipnetStatus: ['running'] });
        } finally {
          open();
        }
        await handle.result();
        expect(await listed()).toMatchObject({ ...common, MipnetStatus: ['completed'] });
      },
    );
  });

  it('leaves of a solver wait for a worker that has it, and are never given to another', async () => {
    const taskQueue = 'queue-of-solvers';
    const solvedBy: string[] = [];
    const workerOf = (solver?: string): Promise<Worker> =>
      Worker.create({
        connection: nodes.connection,
        taskQueue: solverQueueOf(taskQueue, solver),
        activities: fakeTraining({ parts: {}, solving: async () => void solvedBy.push(solver ?? 'highs') }),
      });
    const orchestrator = await Worker.create({
      connection: nodes.connection,
      taskQueue,
      workflowBundle: nodes.workflowBundle,
      ...patientWorkflows,
      activities: fakeTraining({ parts: { layers: 1, pairs: 2 } }),
    });
    const [usual, cbc] = [await workerOf(), await workerOf('cbc')];
    const start = (workflowId: string, node: ProblemNode) =>
      nodes.client.workflow.start<NodeWorkflow>('train', {
        taskQueue,
        workflowId,
        args: [{ run: workflowId, node, window: 2 }],
      });
    await orchestrator.runUntil(async () => {
      // Divided twice: the children know it, too.
      const other = await start('of-cbc', { ...fakeNode('layers', 'pairs'), solver: 'cbc' });
      const own = await start('of-highs', fakeNode('pairs'));
      await usual.runUntil(() => own.result());
      expect(solvedBy).toEqual(['highs', 'highs']);
      await cbc.runUntil(() => other.result());
      expect(solvedBy).toEqual(['highs', 'highs', 'cbc', 'cbc']);
    });
    await nodes.replay(await nodes.historyOf('of-cbc'));
  });

  it('refuses limits that make no sense', async () => {
    await nodes.withRun({ parts: { pairs: 1 } }, { node: fakeNode('pairs'), window: 0 }, async ({ handle }) => {
      await expect(handle.result()).rejects.toMatchObject({ cause: { message: expect.stringContaining('1 to 1000') } });
    });
  });
});
