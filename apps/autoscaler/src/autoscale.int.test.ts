import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { autoscale, LocalProcesses, temporalDemand, type ScalingStatus } from './index.js';
import type { NodeWorkflow } from '@mipnet/workflows';
import { fakeNode } from '@mipnet/workflows/testing/fake-training';
import { findTemporal, startTemporal } from '@mipnet/workflows/testing/temporal-server';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

/** Leaves end when the test opens their gate. */
const program = fileURLToPath(new URL('../../worker/dist/testing/fake-worker.js', import.meta.url));

describe.skipIf(!binary)('autoscaling on a real server', { timeout: 600_000 }, () => {
  let server: TestWorkflowEnvironment;
  let env: NodeJS.ProcessEnv;
  let folder: string;
  const orchestrators: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startTemporal(binary!);
    env = { ...process.env, TEMPORAL_ADDRESS: server.address, MIPNET_STORE: 'memory:' };
    folder = mkdtempSync(join(tmpdir(), 'mipnet-autoscale-'));
  });
  afterAll(async () => {
    for (const child of orchestrators) child.kill('SIGKILL');
    await server?.teardown();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startRun(queue: string, solver?: string) {
    const orchestrator = spawn(process.execPath, [program, '--role', 'orchestrator', '--queue', queue], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    orchestrators.push(orchestrator);
    await once(orchestrator.stdout, 'data');
    return server.client.workflow.start<NodeWorkflow>('train', {
      taskQueue: queue,
      workflowId: queue,
      args: [{ run: queue, node: { ...fakeNode('pairs'), ...(solver ? { solver } : {}) }, window: 6 }],
    });
  }
  /** How often each leaf was scheduled and begun: once, unless it was cut. */
  async function attemptsOf(run: Awaited<ReturnType<typeof startRun>>): Promise<readonly number[]> {
    const { events } = await run.fetchHistory();
    const solves = (events ?? [])
      .filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'solve')
      .map(({ eventId }) => String(eventId));
    const started = (events ?? []).flatMap(({ activityTaskStartedEventAttributes: begun }) =>
      begun && solves.includes(String(begun.scheduledEventId)) ? [begun.attempt!] : [],
    );
    expect(started).toHaveLength(solves.length);
    return started;
  }

  it('goes from no worker to two and back, and cuts no solve', async () => {
    const gate = join(folder, 'gate-there-and-back');
    const demand = temporalDemand({ client: server.client, queue: 'there-and-back' });
    const provider = new LocalProcesses({
      program,
      slots: 1,
      queue: 'there-and-back',
      env: { ...env, FAKE_LEAF_GATE: gate },
      log: folder,
    });
    const statuses: ScalingStatus[] = [];
    const stop = new AbortController();
    const errors: Error[] = [];
    const scaling = autoscale({
      rules: { min: 0, max: 2, slotsPerWorker: 1, coolDown: 0.5 },
      demand,
      provider,
      interval: 0.1,
      onStatus: (status) => statuses.push(status),
      onError: (error) => errors.push(error),
      signal: stop.signal,
    });
    while (statuses.length === 0) await pause(20);
    const run = await startRun('there-and-back');
    // No leaf ends before the loop has seen both workers at work, however slow the machine is.
    while (!statuses.some(({ inFlight }) => inFlight === 2)) await pause(50);
    writeFileSync(gate, '');
    await run.result();
    while ((await provider.observe()).workers.length > 0) await pause(50);
    // The loop sees a moment later than we do that the last worker is gone.
    while (statuses.at(-1)?.draining !== 0) await pause(50);
    stop.abort();
    await scaling;
    expect(errors).toEqual([]);
    expect(statuses[0]).toMatchObject({ backlog: 0, inFlight: 0, target: 0 });
    expect(statuses.find(({ change }) => change !== 0)).toMatchObject({ change: 2, desired: 2 });
    expect(Math.max(...statuses.map(({ inFlight }) => inFlight))).toBe(2);
    expect(statuses.at(-1)).toMatchObject({ target: 0, draining: 0 });
    expect(await attemptsOf(run)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('counts the leaves of the solvers that its workers have, and no others', async () => {
    await startRun('of-cbc', 'cbc');
    const demandOf = (...solvers: string[]) => temporalDemand({ client: server.client, queue: 'of-cbc', solvers });
    const [both, cbc, highs] = [demandOf('highs', 'cbc'), demandOf('cbc'), demandOf('highs')];
    while ((await cbc()).backlog < 6) await pause(50);
    expect((await both()).backlog).toBe(6);
    expect((await highs()).backlog).toBe(0);
  });

  it('sees where the leaves are, and a worker told to drain in mid-solve finishes its leaf', async () => {
    const gate = join(folder, 'gate-race');
    const log = join(folder, 'race');
    const demand = temporalDemand({ client: server.client, queue: 'race' });
    const provider = new LocalProcesses({
      program,
      slots: 2,
      queue: 'race',
      env: { ...env, FAKE_LEAF_GATE: gate },
      log,
    });
    const run = await startRun('race');
    while ((await demand()).backlog < 6) await pause(20);
    await provider.start(1);
    let seen = await demand();
    for (; seen.inFlight < 2; seen = await demand()) await pause(20);
    const { workers } = await provider.observe();
    expect([...seen.busy].map(([identity, leaves]) => [workers[0].answersTo(identity), leaves])).toEqual([[true, 2]]);
    await provider.drain(workers);
    expect((await provider.observe()).wanted).toBe(0);
    // Until the signal arrives, a slot that is free takes another leaf.
    while (!readFileSync(join(log, 'solver-1.log'), 'utf8').includes('STOPPING')) await pause(20);
    writeFileSync(gate, '');
    while ((await provider.observe()).workers.length > 0) await pause(20);
    // The server counts the two results a moment after the worker that sent them has gone.
    let after = await demand();
    for (; after.inFlight > 0; after = await demand()) await pause(20);
    expect(after.backlog).toBe(4);
    await provider.start(2);
    await run.result();
    await provider.close();
    expect(await attemptsOf(run)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
