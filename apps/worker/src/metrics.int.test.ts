import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeNode } from '@mipnet/workflows/testing/fake-training';
import { findTemporal, startTemporal } from '@mipnet/workflows/testing/temporal-server';
import { buildId } from './deployment.js';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');
const program = fileURLToPath(new URL('../dist/testing/fake-worker.js', import.meta.url));

describe.skipIf(!binary)('metrics and builds of worker processes', () => {
  let server: TestWorkflowEnvironment;
  const processes: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startTemporal(binary!);
  });
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await server?.teardown();
  });

  /** Starts one and returns where its metrics are. */
  async function startWorker(...args: string[]): Promise<string> {
    const env = { ...process.env, TEMPORAL_ADDRESS: server.address };
    const child = spawn(process.execPath, [program, '--store', 'memory:', '--metrics', '127.0.0.1:0', ...args], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    processes.push(child);
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await once(child.stdout, 'data');
    return /metrics at (http:\S+)\/metrics/.exec(said)![1];
  }

  it('serves the metrics of both workers, and of the SDK, while a run of their deployment goes on', async () => {
    const common = ['--queue', 'metered', '--deployment', 'mipnet'];
    const [orchestrator, solver] = await Promise.all([
      startWorker('--role', 'orchestrator', ...common),
      startWorker('--role', 'solver', '--slots', '3', ...common),
    ]);
    expect(await (await fetch(`${solver}/healthz`)).json()).toEqual({
      healthy: true,
      state: 'RUNNING',
      busy: 0,
      slots: 3,
    });
    await makeCurrent();
    const run = await server.client.workflow.start('train', {
      taskQueue: 'metered',
      workflowId: 'metered',
      args: [{ run: 'metered', node: fakeNode('pairs'), window: 6 }],
    });
    await run.result();
    const { raw } = await run.describe();
    expect(raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion).toMatchObject({
      deploymentName: 'mipnet',
      buildId: buildId(),
    });
    const [merges, solves] = await Promise.all(
      [orchestrator, solver].map(async (url) => (await fetch(`${url}/metrics`)).text()),
    );
    expect(solves).toContain('mipnet_worker_activities_total{activity="solve",result="feasible",role="solver"} 6');
    expect(solves).toContain('mipnet_worker_slots{role="solver"} 3');
    expect(solves).toMatch(/process_resident_memory_bytes\{role="solver"\} \d{8,}/);
    expect(solves).toMatch(/temporal_activity_execution_latency\w*_count\{.*activity_type="solve".*\} 6/);
    expect(merges).toContain('mipnet_worker_activities_total{activity="merge",result="done",role="orchestrator"} 1');
  });

  /** Until both queues are known to the server as parts of the build, it refuses to make it the current one. */
  async function makeCurrent(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await server.client.workflowService.setWorkerDeploymentCurrentVersion({
          namespace: 'default',
          deploymentName: 'mipnet',
          buildId: buildId(),
          identity: 'test',
        });
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await pause(100);
      }
    }
  }
});
