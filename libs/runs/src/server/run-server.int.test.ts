import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { orchestratorQueue, solverQueueOf } from '@mipnet/workflows';
import { fakeNode, fakeTraining } from '@mipnet/workflows/testing/fake-training';
import { findTemporal, startTemporal } from '@mipnet/workflows/testing/temporal-server';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunServer } from './run-server.js';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

// What a run waits for, said on a real server; the fifteen seconds of the command are one here.
const stallSeconds = 1;

const waitingTimers = (): number => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length;

describe.skipIf(!binary)('a watched run', () => {
  let server: TestWorkflowEnvironment;
  let workflowBundle: WorkflowBundleWithSourceMap;
  let otherVersion: WorkflowBundleWithSourceMap;
  let runs: RunServer;
  let said: string[];
  beforeAll(async () => {
    const workflowsPath = fileURLToPath(import.meta.resolve('@mipnet/workflows/workflow-types'));
    const logger = new DefaultLogger('ERROR');
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
    otherVersion = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./fixtures/other-version.mjs', import.meta.url)),
      logger,
    });
  });
  // The queues have one name each, and a server remembers who polled them for five minutes.
  beforeEach(async () => {
    server = await startTemporal(binary!);
    said = [];
    runs = await RunServer.connect(
      { kind: 'environment', address: server.address, namespace: 'default', uiUrl: null },
      (line) => said.push(line),
    );
  });
  afterEach(async () => {
    await runs.close();
    await server.teardown();
  });

  const activities = fakeTraining({ parts: { pairs: 4 } });
  const worker = (options: Partial<WorkerOptions>): Promise<Worker> =>
    Worker.create({ connection: server.nativeConnection, activities, taskQueue: orchestratorQueue, ...options });
  const orchestrator = (options: Partial<WorkerOptions> = {}): Promise<Worker> =>
    worker({ workflowBundle, ...options });
  const solver = (options: Partial<WorkerOptions> = {}): Promise<Worker> =>
    worker({ taskQueue: solverQueueOf(orchestratorQueue), ...options });
  const until = async (pattern: RegExp): Promise<void> => {
    while (!said.some((line) => pattern.test(line))) await pause(50);
  };
  const start = async (run: string): Promise<{ result: Promise<unknown> }> => {
    await runs.start({ run, node: fakeNode('pairs'), store: { id: 'one', url: 'memory:' } }, 4);
    // Incumbents of fake training are no objects: what matters here is that it ends.
    return {
      result: runs.watch(run, { onProgress: () => undefined, stallSeconds }).catch((error: Error) => error.message),
    };
  };

  it('says that no orchestrator polls, that no solver does and how many MIPs wait, and that it goes on', async () => {
    const timersBefore = waitingTimers();
    const { result } = await start('nobody');
    await until(/^waiting: no orchestrator polls the queue mipnet$/);
    await (
      await orchestrator()
    ).runUntil(async () => {
      await until(/^waiting: no solver worker polls the queue mipnet-solver; 4 MIPs wait$/);
      expect(await runs.waitOf('nobody', stallSeconds)).toMatchObject({ reason: 'solver' });
      await (await solver()).runUntil(result);
    });
    expect(said).toContain('the run continues');
    // A command ends with its result.
    expect(waitingTimers(), 'timers that keep the process alive').toBe(timersBefore);
    expect(await runs.waitOf('nobody', stallSeconds)).toBeUndefined();
  });

  it('says which solver no worker has, and how to start one that has it', async () => {
    const node = { ...fakeNode('pairs'), solver: 'cbc' };
    await runs.start({ run: 'of-cbc', node, store: { id: 'one', url: 'memory:' } }, 4);
    // Incumbents of fake training are no objects, so that the watch refuses the result; the workflow has it.
    runs.watch('of-cbc', { onProgress: () => undefined, stallSeconds }).catch(() => undefined);
    const handle = server.client.workflow.getHandle('of-cbc');
    const both = [await orchestrator(), await solver()];
    await both[0].runUntil(
      both[1].runUntil(async () => {
        await until(
          /^waiting: no worker with the solver cbc polls the queue mipnet-solver-cbc; 4 MIPs wait; ".* worker --solver cbc" starts one$/,
        );
        const ofCbc = await solver({ taskQueue: solverQueueOf(orchestratorQueue, 'cbc') });
        expect(await ofCbc.runUntil(() => handle.result())).toMatchObject({ leaves: { feasible: 4, failed: 0 } });
      }),
    );
  });

  it('says what a failing attempt says, and nothing while a solver works', async () => {
    let fails = true;
    let began = (): void => undefined;
    const working = new Promise<void>((resolve) => (began = resolve));
    const solving = async (): Promise<void> => {
      if (fails) throw new Error('no space \u001b[2J left');
      began();
      await pause(4 * stallSeconds * 1000);
    };
    const slow = fakeTraining({ parts: { pairs: 1 }, solving });
    const { result } = await start('failing');
    const both = [await orchestrator({ activities: slow }), await solver({ activities: slow })];
    await both[0].runUntil(
      both[1].runUntil(async () => {
        await until(/^waiting: solve failed on .* and is tried again \(attempt \d\): no space {2}left$/);
        fails = false;
        await working;
        said.length = 0;
        await result;
      }),
    );
    expect(said.filter((line) => line.startsWith('waiting'))).toEqual([]);
  });

  it('says that the code of another version fails at the run, and why', async () => {
    const { result } = await start('other-version');
    await (await orchestrator()).runUntil(() => until(/no solver worker polls/));
    await (
      await orchestrator({ workflowBundle: otherVersion })
    ).runUntil(async () => {
      // The other version is asked when a workflow task is due.
      await server.client.workflow.getHandle('other-version').signal('limits', {});
      await until(
        /^waiting: .*\[TMPRL1100\] Nondeterminism error.*is it of another version\? Start an orchestrator of the version that began the run$/,
      );
    });
    await (await orchestrator()).runUntil((await solver()).runUntil(result));
    expect(said).toContain('the run continues');
  });

  it('names the build that a run is bound to when no worker of it is left', async () => {
    const build = (buildId: string): Partial<WorkerOptions> => ({
      workerDeploymentOptions: {
        version: { deploymentName: 'mip', buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    const setCurrent = async (buildId: string): Promise<void> => {
      for (;;) {
        try {
          await server.connection.workflowService.setWorkerDeploymentCurrentVersion({
            namespace: 'default',
            deploymentName: 'mip',
            buildId,
          });
          return;
        } catch {
          // The version is known once a worker of it has polled.
          await pause(200);
        }
      }
    };
    await (
      await orchestrator(build('one'))
    ).runUntil(async () => {
      await setCurrent('one');
      await start('pinned');
      // A rolling update has replaced the solvers before the orchestrator.
      await (
        await solver(build('two'))
      ).runUntil(() =>
        until(
          /^waiting: no solver worker of build one of the deployment mip polls the queue mipnet-solver \(those that poll are two\); .*bound to that build; 4 MIPs wait$/,
        ),
      );
    });
  });
});
