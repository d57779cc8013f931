// Tested by ../node-run.int.test.ts.
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type NativeConnection,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { ProblemNode } from '@mipnet/recursion';
import { patientWorkflows, progressQuery, solverQueueOf, type NodeInput, type NodeWorkflow } from '../index.js';
import { fakeTraining, type FakeTraining } from './fake-training.js';
import { readHistory, writeHistory } from './history-file.js';
import { findTemporal, startTemporal } from './temporal-server.js';

export type Handle = WorkflowHandle<NodeWorkflow>;

export interface StartedRun {
  readonly handle: Handle;
  readonly workflowId: string;
}

/** With this variable set, the histories that the replay tests read are written anew. */
export const writeFixtures = process.env.MIPNET_WRITE_FIXTURES !== undefined;
export const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}.json`, import.meta.url));

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');
export const hasServer = binary !== undefined;

/** A Temporal server with the workflows of this package, for runs of fake training. */
export class NodeServer {
  #server!: TestWorkflowEnvironment;
  #runs = 0;
  workflowBundle!: WorkflowBundleWithSourceMap;

  async start(): Promise<void> {
    [this.#server, this.workflowBundle] = await Promise.all([
      startTemporal(binary!),
      bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('../../dist/workflow-types.js', import.meta.url)),
        logger: new DefaultLogger('ERROR'),
      }),
    ]);
  }

  async stop(): Promise<void> {
    await this.#server?.teardown();
  }

  get client(): Client {
    return this.#server.client;
  }

  get connection(): NativeConnection {
    return this.#server.nativeConnection;
  }

  /** Starts a run on queues of its own, with an orchestrator and a solver, and checks that its history replays. */
  async withRun(
    fake: FakeTraining,
    input: Omit<NodeInput, 'run'>,
    body: (run: StartedRun) => Promise<void>,
  ): Promise<void> {
    const taskQueue = `queue-${++this.#runs}`;
    const workflowId = `run-${this.#runs}`;
    const activities = fakeTraining(fake);
    const { connection, workflowBundle } = this;
    const common = { connection, activities, maxHeartbeatThrottleInterval: 200 };
    const orchestrator = await Worker.create({ ...common, taskQueue, workflowBundle, ...patientWorkflows });
    const solver = await Worker.create({
      ...common,
      taskQueue: solverQueueOf(taskQueue),
      maxConcurrentActivityTaskExecutions: 20,
    });
    await orchestrator.runUntil(
      solver.runUntil(async () => {
        const handle = await this.client.workflow.start<NodeWorkflow>(input.node.kind, {
          taskQueue,
          workflowId,
          args: [{ run: workflowId, ...input }],
        });
        await body({ handle, workflowId });
      }),
    );
    await this.replay(await this.historyOf(workflowId));
  }

  async historyOf(workflowId: string): Promise<string> {
    return writeHistory(await this.client.workflow.getHandle(workflowId).fetchHistory());
  }

  /** Fails when the workflow of today would not do what the history says. */
  async replay(text: string): Promise<void> {
    const history = readHistory(text);
    const { workflowId } = history.events![0].workflowExecutionStartedEventAttributes!;
    const { workflowBundle } = this;
    await Worker.runReplayHistory({ workflowBundle, replayName: `replay-${++this.#runs}` }, history, workflowId!);
  }

  async save(name: string, workflowId: string): Promise<void> {
    if (writeFixtures) await writeFile(fixture(name), await this.historyOf(workflowId));
  }
}

/** The first leaves end, the others continue until they are cancelled and then return their incumbents. */
export async function endless(leaf: ProblemNode): Promise<{ readonly stopped: true } | undefined> {
  if (leaf.problem.key.endsWith('.0')) return undefined;
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  await context.cancelled.catch(() => undefined);
  clearInterval(beat);
  return { stopped: true };
}

/** Waits until so many leaves are solved, and so many are in progress. */
export async function solvedLeaves(handle: Handle, count: number, inFlight: number): Promise<void> {
  for (;;) {
    const progress = await handle.query(progressQuery);
    if (progress.solved >= count && progress.inFlight >= inFlight) return;
    await pause(50);
  }
}
