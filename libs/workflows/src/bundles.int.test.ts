import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemNode } from '@mipnet/recursion';
import {
  leavesOfActivity,
  patientWorkflows,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  solverQueueOf,
  stopUpdate,
  type NodeInput,
  type NodeWorkflow,
  type SolverActivities,
} from './index.js';
import { fakeNode, fakeTraining, type FakeTraining } from './testing/fake-training.js';
import { readHistory, writeHistory } from './testing/history-file.js';
import { findTemporal, startTemporal } from './testing/temporal-server.js';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

/** With this variable set, the history that the replay test reads is written anew. */
const writeFixtures = process.env.MIPNET_WRITE_FIXTURES !== undefined;
const fixture = fileURLToPath(new URL('../fixtures/bundled.json', import.meta.url));

type Handle = WorkflowHandle<NodeWorkflow>;

interface Scheduled {
  readonly type: string;
  readonly leaves: number;
  readonly summary: string;
}

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `root/0.${i}`);
const whole = (count: number): string => `(${keysOf(count).join(' ')})`;
/** Says that it took a tenth of a second, and takes none. */
const small = (parts: number, solving?: FakeTraining['solving']): FakeTraining => ({
  parts: { pairs: parts },
  seconds: 0.1,
  solving,
});

describe.skipIf(!binary).concurrent('small leaves on a Temporal server', () => {
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
  /** Starts a run with two slots, and checks that its history replays. @param other activities of the solver */
  async function withRun(
    fake: FakeTraining,
    input: Partial<NodeInput>,
    body: (handle: Handle) => Promise<void>,
    other: (own: SolverActivities) => Partial<SolverActivities> = () => ({}),
  ): Promise<void> {
    const taskQueue = `queue-${++runs}`;
    const activities = fakeTraining(fake);
    const common = { connection: server.nativeConnection, maxHeartbeatThrottleInterval: 200 };
    const orchestrator = await Worker.create({ ...common, activities, taskQueue, workflowBundle, ...patientWorkflows });
    const solver = await Worker.create({
      ...common,
      activities: { ...activities, ...other(activities) },
      taskQueue: solverQueueOf(taskQueue),
      maxConcurrentActivityTaskExecutions: 2,
    });
    const handle = await orchestrator.runUntil(
      solver.runUntil(async () => {
        const started = await server.client.workflow.start<NodeWorkflow>('train', {
          taskQueue,
          workflowId: taskQueue,
          args: [{ run: taskQueue, node: fakeNode('pairs'), window: 8, ...input }],
        });
        await body(started);
        return started;
      }),
    );
    await replay(writeHistory(await handle.fetchHistory()));
  }

  const replay = (text: string): Promise<void> => {
    const history = readHistory(text);
    const { workflowId } = history.events![0].workflowExecutionStartedEventAttributes!;
    return Worker.runReplayHistory({ workflowBundle, replayName: `replay-bundles-${++runs}` }, history, workflowId!);
  };

  async function scheduledBy(handle: Handle): Promise<readonly Scheduled[]> {
    const { events } = await handle.fetchHistory();
    return events!.flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) => {
      const type = scheduled?.activityType?.name ?? '';
      const leaves = leavesOfActivity(type, scheduled?.activityId ?? '');
      const summary = Buffer.from(userMetadata?.summary?.data ?? []).toString();
      return leaves === 0 ? [] : [{ type, leaves, summary }];
    });
  }

  it('travel together, and give the same result as one by one', async () => {
    await withRun(small(300), {}, async (handle) => {
      const solved = await handle.result();
      expect(solved.incumbent!.key).toBe(whole(300));
      expect(solved.leaves.feasible).toBe(300);
      const scheduled = await scheduledBy(handle);
      expect(scheduled.reduce((sum, { leaves }) => sum + leaves, 0)).toBe(300);
      expect(scheduled.length).toBeLessThan(100);
      // The first ones fill the window alone.
      expect(scheduled.slice(0, 8).map(({ leaves }) => leaves)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
      expect(Math.max(...scheduled.map(({ leaves }) => leaves))).toBeLessThanOrEqual(20);
      const { leaves, summary } = scheduled.find(({ type }) => type === 'solveBundle')!;
      expect(summary).toMatch(new RegExp(`^"pairs \\d+ and ${leaves - 1} more"$`));
      expect(await handle.query(progressQuery)).toMatchObject({ solved: 300, total: 300, inFlight: 0, outstanding: 0 });
    });
  });

  it('travel alone if they are not small', async () => {
    await withRun({ ...small(40), seconds: 1.5 }, {}, async (handle) => {
      expect((await handle.result()).incumbent!.key).toBe(whole(40));
      expect((await scheduledBy(handle)).map(({ type }) => type)).toEqual(Array.from({ length: 40 }, () => 'solve'));
    });
  });

  it('does not hold back the leaves of a large window for long', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    await withRun(
      small(60, () => gate),
      { window: 60 },
      async (handle) => {
        const pending = async (): Promise<number> => (await handle.describe()).raw.pendingActivities?.length ?? 0;
        while ((await pending()) < 60) await pause(50);
        open();
        expect((await handle.result()).incumbent!.key).toBe(whole(60));
      },
    );
  });

  it.each(['lost', 'crash', 'interrupted'] as const)(
    'are done alone after a bundle in which they were %s',
    async (again) => {
      const bundled: string[] = [];
      await withRun(
        small(60),
        {},
        async (handle) => {
          const solved = await handle.result();
          expect(solved.incumbent!.key).toBe(whole(60));
          expect(solved.leaves).toMatchObject({ feasible: 60, failed: 0 });
          const alone = (await scheduledBy(handle))
            .filter(({ type }) => type === 'solve')
            .map(({ summary }) => summary);
          expect(bundled.length).toBeGreaterThan(0);
          for (const name of bundled) expect(alone).toContain(`"${name}"`);
        },
        (own) => ({
          async solveBundle(bundle) {
            const outcomes = await own.solveBundle(bundle);
            bundled.push(bundle.leaves[0].name);
            return [{ again }, ...outcomes.slice(1)];
          },
        }),
      );
    },
  );

  it('wait again if a bundle ends before it has begun them', async () => {
    await withRun(
      small(60),
      {},
      async (handle) => {
        const solved = await handle.result();
        expect(solved.incumbent!.key).toBe(whole(60));
        expect(solved.leaves.feasible).toBe(60);
        if (writeFixtures) await writeFile(fixture, writeHistory(await handle.fetchHistory()));
      },
      (own) => ({
        async solveBundle({ id, leaves, seconds }) {
          const [first] = await own.solveBundle({ id, leaves: leaves.slice(0, 1), seconds });
          return [first, ...leaves.slice(1).map(() => ({}))];
        },
      }),
    );
  });

  it('are done alone on workers of an older version, after one bundle at most for each slot', async () => {
    await withRun(
      small(60),
      {},
      async (handle) => {
        const solved = await handle.result();
        expect(solved.incumbent!.key).toBe(whole(60));
        expect(solved.leaves).toMatchObject({ feasible: 60, failed: 0 });
        const bundles = (await scheduledBy(handle)).filter(({ type }) => type === 'solveBundle');
        expect(bundles.length).toBeGreaterThan(0);
        expect(bundles.length).toBeLessThanOrEqual(8);
      },
      () => ({ solveBundle: undefined }),
    );
  });

  it('name the one that fails', async () => {
    const attempts = { count: 0 };
    const solving = async ({ name }: ProblemNode) => {
      if (name !== 'pairs 33') return;
      attempts.count++;
      throw Object.assign(new Error('crash'), { nextRetryDelay: 1 });
    };
    await withRun(
      small(60, solving),
      {},
      async (handle) => {
        const solved = await handle.result();
        expect(solved.failures).toEqual([{ name: 'pairs 33', why: 'crash' }]);
        expect(solved.leaves).toMatchObject({ feasible: 59, failed: 1 });
        expect(solved.incumbent!.key).toBe(whole(60).replace('root/0.33 ', '- '));
      },
      (own) => ({
        solveBundle: ({ leaves }) =>
          Promise.all(
            leaves.map((leaf) =>
              own.solve(leaf).then(
                (solved) => ({ solved }),
                () => ({ again: 'crash' as const }),
              ),
            ),
          ),
      }),
    );
    expect(attempts.count).toBe(6);
  });

  it('end with a budget of subproblems, and no more of them than it has', async () => {
    await withRun(small(300), { budget: { subproblems: 101 } }, async (handle) => {
      const solved = await handle.result();
      expect(solved).toMatchObject({ endedBy: 'subproblems', stopped: true, leaves: { feasible: 101 } });
      expect(await handle.query(progressQuery)).toMatchObject({ solved: 101, total: 300, inFlight: 0 });
    });
  });

  it('are no longer needed after a decisive one, in a bundle or before one', async () => {
    const solving = async ({ name }: ProblemNode) => ({ decisive: name === 'pairs 70' });
    await withRun(small(300, solving), {}, async (handle) => {
      const solved = await handle.result();
      expect(solved.stopped).toBe(false);
      expect(solved.leaves.feasible).toBeLessThan(300);
      expect(solved.incumbent!.key).toContain('root/0.70 ');
      expect(solved.incumbent!.key).toMatch(/ -\)$/);
    });
  });

  it('stop in mid-bundle with the results so far, and none begins while paused', async () => {
    const bundle = { begun: 0, open: (): void => undefined };
    const gate = new Promise<void>((resolve) => (bundle.open = resolve));
    await withRun(
      small(300),
      { window: 2 },
      async (handle) => {
        while (bundle.begun < 2) await pause(20);
        await handle.executeUpdate(pauseUpdate);
        bundle.open();
        let { inFlight } = await handle.query(progressQuery);
        for (; inFlight > 0; { inFlight } = await handle.query(progressQuery)) await pause(20);
        const { solved } = await handle.query(progressQuery);
        await pause(300);
        expect((await handle.query(progressQuery)).solved).toBe(solved);
        await handle.executeUpdate(resumeUpdate);
        while (bundle.begun < 4) await pause(20);
        await handle.executeUpdate(stopUpdate);
        const result = await handle.result();
        expect(result.stopped).toBe(true);
        expect(result.leaves.feasible).toBe(solved + 2);
        expect(result.leaves.feasible + result.leaves.unfinished!).toBe(300);
      },
      (own) => ({
        async solveBundle({ id, leaves, seconds }) {
          const number = ++bundle.begun;
          const context = Context.current();
          const beat = setInterval(() => context.heartbeat(), 100);
          // The first two wait for the pause, later ones for the stop, with one leaf solved.
          await (number <= 2 ? gate : context.cancelled.catch(() => undefined));
          clearInterval(beat);
          if (number <= 2) return own.solveBundle({ id, leaves, seconds });
          const [first] = await own.solveBundle({ id, leaves: leaves.slice(0, 1), seconds });
          return [first, ...leaves.slice(1).map(() => ({}))];
        },
      }),
    );
  });

  it.skipIf(writeFixtures)('replay the committed history', async () => {
    await replay(await readFile(fixture, 'utf8'));
  });
});
