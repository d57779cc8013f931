import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreIdentity } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import {
  continueAtBytes,
  costOfDivision,
  failureTypes,
  leafProgressSignal,
  patientWorkflows,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  serverLimits,
  solverQueueOf,
  stopUpdate,
  storeFailures,
  triesOfBadStore,
  type NodeInput,
  type NodeWorkflow,
} from './index.js';
import { fakeNode, fakeTraining, type FakeTraining } from './testing/fake-training.js';
import { readHistory, writeHistory } from './testing/history-file.js';
import { findTemporal, startTemporal } from './testing/temporal-server.js';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

/** With this variable set, the histories that the replay test reads are written anew. */
const writeFixtures = process.env.MIPNET_WRITE_FIXTURES !== undefined;
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.json`, import.meta.url));

type Handle = WorkflowHandle<NodeWorkflow>;
interface Run {
  readonly handle: Handle;
  readonly workflowId: string;
}

describe.skipIf(!binary).concurrent('a node on a Temporal server', () => {
  let server: TestWorkflowEnvironment;
  let workflowBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    [server, workflowBundle] = await Promise.all([
      startTemporal(binary!),
      bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('../dist/workflow-types.js', import.meta.url)),
        logger: new DefaultLogger('ERROR'),
      }),
    ]);
  });
  afterAll(async () => server?.teardown());

  let runs = 0;
  /** Starts a run on queues of its own, with an orchestrator and a solver, and checks that its history replays. */
  async function withRun(
    fake: FakeTraining,
    input: Omit<NodeInput, 'run'>,
    body: (run: Run) => Promise<void>,
  ): Promise<void> {
    const taskQueue = `queue-${++runs}`;
    const workflowId = `run-${runs}`;
    const activities = fakeTraining(fake);
    const common = { connection: server.nativeConnection, activities, maxHeartbeatThrottleInterval: 200 };
    const orchestrator = await Worker.create({ ...common, taskQueue, workflowBundle, ...patientWorkflows });
    const solver = await Worker.create({
      ...common,
      taskQueue: solverQueueOf(taskQueue),
      maxConcurrentActivityTaskExecutions: 20,
    });
    await orchestrator.runUntil(
      solver.runUntil(async () => {
        const handle = await server.client.workflow.start<NodeWorkflow>(input.node.kind, {
          taskQueue,
          workflowId,
          args: [{ run: workflowId, ...input }],
        });
        await body({ handle, workflowId });
      }),
    );
    await replay(await historyOf(workflowId));
  }

  const historyOf = async (workflowId: string): Promise<string> =>
    writeHistory(await server.client.workflow.getHandle(workflowId).fetchHistory());
  /** Fails when the workflow of today would not do what the history says. */
  const replay = (text: string): Promise<void> => {
    const history = readHistory(text);
    const { workflowId } = history.events![0].workflowExecutionStartedEventAttributes!;
    return Worker.runReplayHistory({ workflowBundle, replayName: `replay-${++runs}` }, history, workflowId!);
  };
  const save = async (name: string, workflowId: string): Promise<void> => {
    if (writeFixtures) await writeFile(fixture(name), await historyOf(workflowId));
  };

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
    await withRun(
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
    await withRun(fake, { node: fakeNode('pairs', 'batches'), window: 2 }, async ({ handle, workflowId }) => {
      const solved = await handle.result();
      expect(solved).toEqual(await inProcess(fake, fakeNode('pairs', 'batches')));
      const child = await server.client.workflow.getHandle(`${workflowId}/pairs 2`).describe();
      expect([
        child.type,
        await child.staticSummary(),
        child.raw.workflowExecutionInfo?.parentExecution?.workflowId,
      ]).toEqual(['train', 'pairs 2', workflowId]);
      expect(await handle.query(progressQuery)).toMatchObject({ solved: 24, total: 24, counts: { feasible: 24 } });
      await save('nested', workflowId);
    });
  });

  it('gives every kind of node its workflow type, down the tree', async () => {
    await withRun(
      { parts: { images: 1, classes: 2 } },
      { node: { ...fakeNode('images', 'classes'), kind: 'verify' }, window: 2 },
      async ({ handle, workflowId }) => {
        expect((await handle.result()).leaves.feasible).toBe(2);
        const types = await Promise.all(
          [workflowId, `${workflowId}/images 0`].map(
            async (id) => (await server.client.workflow.getHandle(id).describe()).type,
          ),
        );
        expect(types).toEqual(['verify', 'verify']);
      },
    );
  });

  it('counts a leaf that fails all its attempts and goes on without it', async () => {
    let attempts = 0;
    const solving = async (leaf: ProblemNode) => {
      if (leaf.name !== 'pairs 1') return;
      attempts++;
      throw ApplicationFailure.create({ message: 'crash', nextRetryDelay: '10ms' });
    };
    await withRun(
      { parts: { pairs: 3 }, solving },
      { node: fakeNode('pairs'), window: 3 },
      async ({ handle, workflowId }) => {
        const solved = await handle.result();
        expect(solved.incumbent!.key).toBe('(root/0.0 - root/0.2)');
        expect(solved.leaves).toEqual({ optimal: 0, feasible: 2, unresolved: 0, failed: 1 });
        expect(solved.failures).toEqual([{ name: 'pairs 1', why: 'crash' }]);
        expect([solved.stopped, attempts]).toEqual([false, 5]);
        await save('failed-leaf', workflowId);
      },
    );
  });

  it('fails at once when the input is wrong', async () => {
    const solving = () => Promise.reject(ApplicationFailure.nonRetryable('pixel 3 is NaN', failureTypes.badInput));
    await withRun({ parts: { pairs: 2 }, solving }, { node: fakeNode('pairs'), window: 2 }, async ({ handle }) => {
      await expect(handle.result()).rejects.toMatchObject({
        cause: { cause: { message: 'pixel 3 is NaN', type: 'BadInput' } },
      });
    });
  });

  it('gives the same result when a worker is lost in the middle of a leaf', async () => {
    const solving = async (leaf: ProblemNode) => {
      const { cancelled, info } = Context.current();
      if (leaf.name !== 'pairs 1' || info.attempt > 1) return;
      // A worker that is cut off sends no heartbeat; when it is back it sends its result, which is too late.
      await cancelled.catch(() => undefined);
      return { stopped: true };
    };
    await withRun({ parts: { pairs: 4 }, solving }, { node: fakeNode('pairs'), window: 4 }, async ({ handle }) => {
      expect(await handle.result()).toEqual(await inProcess({ parts: { pairs: 4 } }, fakeNode('pairs')));
      const { events } = await handle.fetchHistory();
      expect(Math.max(...events!.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0))).toBe(2);
    });
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
      await server.client.activity.complete(Context.current().info.taskToken, other);
      return { stopped: true };
    };
    await withRun({ parts: { pairs: 3 }, solving }, { node: fakeNode('pairs'), window: 3 }, async ({ handle }) => {
      expect(await handle.result()).toEqual(await inProcess({ parts: { pairs: 3 } }, fakeNode('pairs')));
    });
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
    await withRun({ parts: { pairs: 3 }, solving }, { node: fakeNode('pairs'), window: 3 }, async ({ handle }) => {
      expect((await handle.result()).leaves).toMatchObject({ feasible: 3, failed: 0 });
      expect(seen.attempts).toBe(times + 1);
      expect(await handle.query(progressQuery)).toMatchObject({ trouble: `the store: ${why}` });
    });
  });

  it.each(['missing', 'damaged', 'refused', 'unwritable'])(
    'fails the run, and never leaves the leaf out, when all tries end so: %s',
    async (why) => {
      const { seen, solving } = failingStore(why, Infinity);
      await withRun({ parts: { pairs: 3 }, solving }, { node: fakeNode('pairs'), window: 3 }, async ({ handle }) => {
        await expect(handle.result()).rejects.toMatchObject({
          cause: { cause: { message: `the store: ${why}`, type: 'Store' } },
        });
        expect(seen.attempts).toBe(triesOfBadStore);
      });
    },
  );

  it('says to every activity which store its run has, in children too', async () => {
    const store: StoreIdentity = { id: 'one', url: 's3://mipnet/one' };
    await withRun(
      { parts: { pairs: 2, batches: 2 } },
      { node: fakeNode('pairs', 'batches'), window: 2, store },
      async ({ handle, workflowId }) => {
        await handle.result();
        for (const id of [workflowId, `${workflowId}/pairs 1`]) {
          const { events } = await server.client.workflow.getHandle(id).fetchHistory();
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
    await withRun(
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
    await withRun(
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

  it('is not completed in lists if it was stopped, or if its budget ended it', async () => {
    const input = { node: fakeNode('pairs'), window: 2, searchAttributes: true, about: { plan: 'few-shot' } };
    const statusOf = async (handle: Handle) => (await handle.describe()).searchAttributes.MipnetStatus;
    await withRun({ parts: { pairs: 3 }, solving: endless }, input, async ({ handle }) => {
      await solvedLeaves(handle, 0, 2);
      await handle.executeUpdate(pauseUpdate);
      expect(await statusOf(handle)).toEqual(['paused']);
      await handle.executeUpdate(stopUpdate);
      await handle.result();
      expect(await statusOf(handle)).toEqual(['stopped']);
    });
    await withRun({ parts: { pairs: 3 } }, { ...input, budget: { subproblems: 1 } }, async ({ handle }) => {
      await handle.result();
      expect(await statusOf(handle)).toEqual(['budget']);
    });
  });

  it('keeps its history short over many rounds', async () => {
    const fake: FakeTraining = { parts: { batches: 3 }, rounds: { batches: 40 } };
    await withRun(fake, { node: fakeNode('batches'), window: 3, historyLimit: 300 }, async ({ handle, workflowId }) => {
      expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
      const { events } = await server.client.workflow.getHandle(workflowId).fetchHistory();
      expect(events!.length).toBeLessThan(400);
      expect(await countRuns(workflowId)).toBeGreaterThanOrEqual(3);
      expect(await server.client.workflow.getHandle(workflowId).query(progressQuery)).toMatchObject({
        round: 39,
        solved: 120,
        total: 120,
      });
    });
  });

  it('counts the bytes of a round at most, and not many times as many', async () => {
    await withRun({ parts: { pairs: 60 } }, { node: fakeNode('pairs'), window: 20 }, async ({ handle }) => {
      const solved = await handle.result();
      const { raw } = await handle.describe();
      const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes);
      // A part is about as long as the whole but for its network's name, which holds those of all parts here.
      const part = JSON.stringify({ ...solved, incumbent: { ...solved.incumbent, key: 'root/0.10' } }).length;
      const { historyBytes } = costOfDivision(60, true, part);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(historyBytes - continueAtBytes);
      expect(historyBytes - continueAtBytes).toBeLessThan(6 * bytes);
    });
  });

  it('continues as new by the size of its history, too', async () => {
    const fake: FakeTraining = { parts: { batches: 3 }, rounds: { batches: 12 } };
    const input = { node: fakeNode('batches'), window: 3, historyBytesLimit: 20_000 };
    await withRun(fake, input, async ({ handle, workflowId }) => {
      expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
      expect(await countRuns(workflowId)).toBeGreaterThanOrEqual(3);
    });
  });

  // Some minutes: MIPNET_LARGE=1 ./mipnet test int libs/workflows
  if (process.env.MIPNET_LARGE) {
    it.each([
      [2000, 1],
      [3, 200],
    ])(
      'keeps the limits of the server with %i parts a round and %i rounds',
      { timeout: 3_600_000 },
      async (count, rounds) => {
        const fake: FakeTraining = { parts: { batches: count }, rounds: { batches: rounds } };
        await withRun(
          fake,
          { node: fakeNode('batches'), window: 500, historyLimit: 1000 },
          async ({ handle, workflowId }) => {
            expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
            const last = server.client.workflow.getHandle(workflowId);
            const { events } = await last.fetchHistory();
            const largest = Math.max(
              ...events!.map(
                (event) =>
                  event.activityTaskScheduledEventAttributes?.input?.payloads?.reduce(
                    (sum, { data }) => sum + (data?.length ?? 0),
                    0,
                  ) ?? 0,
              ),
            );
            const cost = costOfDivision(count, true, largest / count);
            console.log(
              `${count} parts, ${rounds} rounds: ${events!.length} events in the last history, largest ` +
                `message ${largest} bytes`,
            );
            expect(events!.length).toBeLessThan(Math.min(cost.historyEvents, serverLimits.historyEvents));
            expect(largest).toBeLessThan(serverLimits.payloadBytes);
            const { raw } = await last.describe();
            expect(Number(raw.workflowExecutionInfo?.historySizeBytes)).toBeLessThan(cost.historyBytes);
            if (rounds > 1) expect(await countRuns(workflowId)).toBeGreaterThanOrEqual(3);
            expect(await last.query(progressQuery)).toMatchObject({ solved: count * rounds, total: count * rounds });
          },
        );
      },
    );
  }

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
    await withRun({ parts: {}, solving }, { node: fakeNode(), window: 1 }, async ({ handle }) => {
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

  it('continues as new between rounds when the history is long', async () => {
    const fake: FakeTraining = { parts: { batches: 2 }, rounds: { batches: 3 } };
    await withRun(fake, { node: fakeNode('batches'), window: 2, historyLimit: 5 }, async ({ handle, workflowId }) => {
      expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
      const runs = await countRuns(workflowId);
      expect(runs).toBe(3);
      expect(await server.client.workflow.getHandle(workflowId).query(progressQuery)).toMatchObject({
        round: 2,
        solved: 6,
        total: 6,
      });
    });
  });

  const countRuns = async (workflowId: string): Promise<number> => {
    let count = 0;
    // The list of runs is written a moment after the last of them ended.
    for (let tries = 0; tries < 50 && count < 3; tries++) {
      count = (await server.client.workflow.count(`WorkflowId = "${workflowId}"`)).count;
      await pause(100);
    }
    return count;
  };

  /** The first leaves end, the others continue until they are cancelled and then return their incumbents. */
  const endless = async (leaf: ProblemNode) => {
    if (leaf.problem.key.endsWith('.0')) return;
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 100);
    await context.cancelled.catch(() => undefined);
    clearInterval(beat);
    return { stopped: true };
  };
  const solvedLeaves = async (handle: Handle, count: number, inFlight: number) => {
    for (;;) {
      const progress = await handle.query(progressQuery);
      if (progress.solved >= count && progress.inFlight >= inFlight) return;
      await pause(50);
    }
  };

  it('returns the results so far when stopped, from children too', async () => {
    await withRun(
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
        await save('stopped', workflowId);
      },
    );
  });

  it('takes a cancellation for a stop', async () => {
    await withRun(
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
      connection: server.nativeConnection,
      taskQueue,
      workflowBundle,
      ...patientWorkflows,
      activities: fakeTraining({ parts: { pairs: 3 } }),
    });
    await worker.runUntil(async () => {
      const handle = await server.client.workflow.start<NodeWorkflow>('train', {
        taskQueue,
        workflowId: 'no-solver',
        args: [{ run: 'no-solver', node: fakeNode('pairs'), window: 2 }],
      });
      await solvedLeaves(handle, 0, 2);
      await handle.executeUpdate(stopUpdate);
      expect(await handle.result()).toMatchObject({ stopped: true, incumbent: { key: '(- - -)' } });
    });
  });

  it('leaves of a solver wait for a worker that has it, and are never given to another', async () => {
    const taskQueue = 'queue-of-solvers';
    const solvedBy: string[] = [];
    const workerOf = (solver?: string): Promise<Worker> =>
      Worker.create({
        connection: server.nativeConnection,
        taskQueue: solverQueueOf(taskQueue, solver),
        activities: fakeTraining({ parts: {}, solving: async () => void solvedBy.push(solver ?? 'highs') }),
      });
    const orchestrator = await Worker.create({
      connection: server.nativeConnection,
      taskQueue,
      workflowBundle,
      ...patientWorkflows,
      activities: fakeTraining({ parts: { layers: 1, pairs: 2 } }),
    });
    const [usual, cbc] = [await workerOf(), await workerOf('cbc')];
    const start = (workflowId: string, node: ProblemNode) =>
      server.client.workflow.start<NodeWorkflow>('train', {
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
    await replay(await historyOf('of-cbc'));
  });

  it('ends when its budget of subproblems is used up, with the results so far', async () => {
    const budget = { subproblems: 3 };
    await withRun(
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
    await withRun(
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
    await withRun(
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
    await withRun({ parts: { pairs: 6 }, solving }, { node: fakeNode('pairs'), window: 1 }, async ({ handle }) => {
      await solvedLeaves(handle, 1, 1);
      expect(await handle.executeUpdate(pauseUpdate)).toMatchObject({ paused: true, etaSeconds: null });
      open();
      await solvedLeaves(handle, 2, 0);
      // The third would begin at once.
      await pause(400);
      expect(begun).toBe(2);
      await handle.executeUpdate(resumeUpdate);
      expect((await handle.result()).leaves.feasible).toBe(6);
    });
  });

  it('refuses limits that make no sense', async () => {
    await withRun({ parts: { pairs: 1 } }, { node: fakeNode('pairs'), window: 0 }, async ({ handle }) => {
      await expect(handle.result()).rejects.toMatchObject({ cause: { message: expect.stringContaining('1 to 1000') } });
    });
  });

  it.skipIf(writeFixtures).each(['nested', 'failed-leaf', 'stopped'])(
    'replays the committed history %s',
    async (name) => {
      await replay(await readFile(fixture(name), 'utf8'));
    },
  );
});

/** The same fakes under the recursion, without Temporal. */
function inProcess(fake: FakeTraining, node: ProblemNode): Promise<Solved> {
  const { divide, merge, solve } = fakeTraining({ ...fake, solving: undefined });
  const driver: Driver = {
    divide,
    window: 1,
    solve: (leaf) => solve(leaf),
    recurse: (part) => solveTree(driver, part),
    merge: (part, state, parts) =>
      merge(
        part,
        state,
        parts.map((solved) => solved ?? null),
      ),
    stopped: () => false,
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: () => undefined,
  };
  return solveTree(driver, node);
}
