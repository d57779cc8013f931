import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patientWorkflows, prioritySettings, runPriority, solverQueueOf, type NodeWorkflow } from './index.js';
import { fakeNode, fakeTraining } from './testing/fake-training.js';
import { findTemporal, startTemporal } from './testing/temporal-server.js';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

const taskQueue = 'shared';

describe.skipIf(!binary)('runs that share workers', () => {
  let server: TestWorkflowEnvironment;
  beforeAll(async () => {
    // Order holds within a partition of a queue, and a poll goes to any of them: one partition, so that no luck is
    // needed.
    const onePartition = ['matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'];
    const settings = [...prioritySettings, ...onePartition];
    server = await startTemporal(
      binary!,
      settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    );
  });
  afterAll(async () => server?.teardown());

  it('an urgent run overtakes the leaves that wait', async () => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../dist/workflow-types.js', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    const order: string[] = [];
    const activities = fakeTraining({
      parts: { slow: 30, urgent: 3 },
      solving: async ({ name }) => void order.push(name.split(' ')[0]),
    });
    const common = { connection: server.nativeConnection, activities };
    const orchestrator = await Worker.create({ ...common, taskQueue, workflowBundle, ...patientWorkflows });
    const start = (run: string, priorityKey: number) =>
      server.client.workflow.start<NodeWorkflow>('train', {
        taskQueue,
        workflowId: run,
        priority: runPriority(run, priorityKey),
        args: [{ run, node: fakeNode(run), window: 30 }],
      });
    await orchestrator.runUntil(async () => {
      const slow = await start('slow', 5);
      await waiting(slow.workflowId, 30);
      const urgent = await start('urgent', 1);
      await waiting(urgent.workflowId, 3);
      await queued(33);
      const solver = await Worker.create({
        ...common,
        taskQueue: solverQueueOf(taskQueue),
        maxConcurrentActivityTaskExecutions: 1,
      });
      await solver.runUntil(Promise.all([slow.result(), urgent.result()]));
    });
    expect(order).toHaveLength(33);
    // A few tasks are handed out before the server has them all in order.
    expect(order.lastIndexOf('urgent')).toBeLessThan(15);
  });

  /** Until the queue of the solvers holds so many leaves: it gets them a moment after they are scheduled. */
  async function queued(count: number): Promise<void> {
    const taskQueueType = temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;
    for (;;) {
      const { stats } = await server.client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: solverQueueOf(taskQueue) },
        taskQueueType,
        reportStats: true,
      });
      if (Number(stats?.approximateBacklogCount ?? 0) >= count) return;
      await pause(50);
    }
  }

  /** Until so many leaves of the run wait for a worker; all of them say whose they are. */
  async function waiting(workflowId: string, count: number): Promise<void> {
    for (;;) {
      const { raw } = await server.client.workflow.getHandle(workflowId).describe();
      const leaves = (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === 'solve');
      if (leaves.length === count) {
        expect(raw.workflowExecutionInfo?.priority).toMatchObject({ fairnessKey: workflowId });
        return;
      }
      await pause(50);
    }
  }
});
