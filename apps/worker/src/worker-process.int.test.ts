import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  progressQuery,
  stopUpdate,
  type Bundle,
  type LeafOutcome,
  type NodeInput,
  type NodeWorkflow,
} from '@mipnet/workflows';
import { fakeNode } from '@mipnet/workflows/testing/fake-training';
import { findTemporal, startTemporal } from '@mipnet/workflows/testing/temporal-server';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');
const compiled = (file: string): string => fileURLToPath(new URL(`../dist/${file}.js`, import.meta.url));
const allPairs = `(${Array.from({ length: 6 }, (_, i) => `root/0.${i}`).join(' ')})`;

describe.skipIf(!binary).concurrent('worker process', { timeout: 600_000 }, () => {
  let server: TestWorkflowEnvironment;
  const processes: ChildProcess[] = [];
  const folders: string[] = [];
  beforeAll(async () => {
    server = await startTemporal(binary!);
  });
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await server?.teardown();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const start = (file: string, ...args: string[]): ChildProcess => startWith({}, file, ...args);
  function startWith(settings: NodeJS.ProcessEnv, file: string, ...args: string[]): ChildProcess {
    const env = { ...process.env, TEMPORAL_ADDRESS: server.address, ...settings };
    const child = spawn(process.execPath, [compiled(file), ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    processes.push(child);
    return child;
  }
  const startWorker = (role: string, queue: string, ...args: string[]): Promise<ChildProcess> =>
    startWorkerWith({}, role, queue, ...args);
  async function startWorkerWith(
    settings: NodeJS.ProcessEnv,
    role: string,
    queue: string,
    ...args: string[]
  ): Promise<ChildProcess> {
    const worker = startWith(
      settings,
      'testing/fake-worker',
      '--role',
      role,
      '--queue',
      queue,
      ...(args.includes('--store') ? [] : ['--store', 'memory:']),
      ...args,
    );
    let complaints = '';
    worker.stderr!.on('data', (text: Buffer) => (complaints += text.toString()));
    const ended = once(worker, 'exit').then(([code]) =>
      Promise.reject(new Error(`the worker ended with ${code}: ${complaints}`)),
    );
    const [said] = (await Promise.race([once(worker.stdout!, 'data'), ended])) as [Buffer];
    // Of those that a test does not kill: without it the test would wait and say nothing.
    ended.catch((error: Error) => !worker.killed && console.error(error.message));
    expect(said.toString()).toBe('ready\n');
    return worker;
  }
  const startRun = (queue: string, input: Partial<NodeInput>) =>
    server.client.workflow.start<NodeWorkflow>('train', {
      taskQueue: queue,
      workflowId: queue,
      args: [{ run: queue, node: fakeNode('pairs'), window: 4, ...input }],
    });
  const leafInFlight = async (run: Awaited<ReturnType<typeof startRun>>): Promise<void> => {
    for (;;) {
      const { raw } = await run.describe();
      if (
        (raw.pendingActivities ?? []).some(
          ({ activityType, lastHeartbeatTime }) => activityType?.name === 'solve' && lastHeartbeatTime,
        )
      )
        return;
      await pause(50);
    }
  };

  it('survives the death of a solver in the middle of its leaves', async () => {
    const [, victim] = await Promise.all([
      startWorker('orchestrator', 'death'),
      startWorker('solver', 'death', '--slots', '2'),
    ]);
    const run = await startRun('death', {});
    await leafInFlight(run);
    victim.kill('SIGKILL');
    await startWorker('solver', 'death', '--slots', '2');
    expect((await run.result()).incumbent!.key).toBe(allPairs);
  });

  it('survives the death of a solver in the middle of a bundle: what it has stored is not solved again', async () => {
    const store = mkdtempSync(join(tmpdir(), 'mipnet-bundle-'));
    folders.push(store);
    const before = 2;
    const gated = { FAKE_LEAF_GATE: join(store, 'never'), FAKE_GATED_PLACE: String(before) };
    const [, victim] = await Promise.all([
      startWorker('orchestrator', 'bundle'),
      startWorkerWith(gated, 'solver', 'bundle', '--slots', '1', '--store', store),
    ]);
    const run = await startRun('bundle', { node: fakeNode('many') });
    let activityId: string | null | undefined;
    while (activityId === undefined) {
      await pause(50);
      const { raw } = await run.describe();
      activityId = raw.pendingActivities?.find(
        ({ heartbeatDetails: details }) =>
          details?.payloads?.[0] &&
          defaultPayloadConverter.fromPayload<{ at?: number } | undefined>(details.payloads[0])?.at === before,
      )?.activityId;
    }
    const eventsOf = async () => (await run.fetchHistory()).events ?? [];
    const scheduled = (await eventsOf()).find(
      (event) => event.activityTaskScheduledEventAttributes?.activityId === activityId,
    )!;
    const bundle = defaultPayloadConverter.fromPayload<Bundle>(
      scheduled.activityTaskScheduledEventAttributes!.input!.payloads![0],
    );
    const folder = join(store, 'bundles', createHash('sha256').update(bundle.id).digest('hex'));
    // The last result may be written a moment after the next leaf began.
    while (!existsSync(folder) || readdirSync(folder).filter((file) => /^\d+$/.test(file)).length < before)
      await pause(20);
    victim.kill('SIGKILL');
    await startWorker('solver', 'bundle', '--slots', '1', '--store', store);
    const solved = await run.result();
    expect(solved.incumbent!.key).toBe(`(${Array.from({ length: 500 }, (_, i) => `root/0.${i}`).join(' ')})`);
    expect(solved.leaves).toMatchObject({ feasible: 500, failed: 0 });
    const completed = (await eventsOf())
      .map((event) => event.activityTaskCompletedEventAttributes)
      .find((attributes) => String(attributes?.scheduledEventId) === String(scheduled.eventId))!;
    const outcomes = defaultPayloadConverter.fromPayload<readonly LeafOutcome[]>(completed.result!.payloads![0]);
    expect(outcomes.map(({ solved, again }) => again ?? solved?.name.split(' ')[0])).toEqual([
      ...Array.from({ length: before }, () => 'many'),
      ...Array.from({ length: bundle.leaves.length - before }, () => 'lost'),
    ]);
  });

  it('takes the leaves of every solver it has', async () => {
    await Promise.all([
      startWorker('orchestrator', 'two-solvers'),
      startWorker('solver', 'two-solvers', '--slots', '2', '--solver', 'highs', '--solver', 'cbc'),
    ]);
    const run = await startRun('two-solvers', { node: { ...fakeNode('pairs'), solver: 'cbc' } });
    expect((await run.result()).incumbent!.key).toBe(allPairs);
  });

  it('ends with code 2 without a solver that it is to have, and says what installs it', async () => {
    const worker = startWith({}, 'main', '--role', 'solver', '--store', 'memory:', '--solver', 'cbc:/nowhere/cbc');
    let said = '';
    worker.stderr!.on('data', (text: Buffer) => (said += text.toString()));
    expect(await once(worker, 'exit')).toEqual([2, null]);
    expect(said).toMatch(
      /it takes no work: '\/nowhere\/cbc' is no program that can be run: apt-get install coinor-cbc/,
    );
  });

  it('drains on SIGTERM; the leaf it gives up is done again elsewhere', async () => {
    const [, leaver] = await Promise.all([
      startWorker('orchestrator', 'drain'),
      startWorker('solver', 'drain', '--slots', '1', '--grace', '0'),
    ]);
    const run = await startRun('drain', { window: 1 });
    await leafInFlight(run);
    leaver.kill('SIGTERM');
    const [code] = await once(leaver, 'exit');
    expect(code).toBe(0);
    await startWorker('solver', 'drain', '--slots', '6');
    const solved = await run.result();
    expect([solved.incumbent!.key, solved.stopped]).toEqual([allPairs, false]);
  });

  it('ends the leaf in its hands within its grace, and takes no other', async () => {
    const [, leaver] = await Promise.all([
      startWorker('orchestrator', 'grace'),
      startWorker('solver', 'grace', '--slots', '1', '--grace', '20'),
    ]);
    const run = await startRun('grace', { window: 1 });
    await leafInFlight(run);
    leaver.kill('SIGTERM');
    expect(await once(leaver, 'exit')).toEqual([0, null]);
    const { solved } = await run.query(progressQuery);
    await startWorker('solver', 'grace', '--slots', '6');
    expect((await run.result()).incumbent!.key).toBe(allPairs);
    const { events } = await run.fetchHistory();
    expect(solved).toBeGreaterThan(0);
    expect(Math.max(...events!.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0))).toBe(1);
  });

  it('does not take work with credentials that its store refuses, and does not say them', async () => {
    const store = createServer((_request, response) =>
      response
        .writeHead(403, { 'content-type': 'application/xml' })
        .end('<Error><Code>InvalidAccessKeyId</Code></Error>'),
    );
    store.listen(0, '127.0.0.1');
    await once(store, 'listening');
    const { port } = store.address() as { port: number };
    const aws = {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'KEY-OF-ANOTHER',
      AWS_SECRET_ACCESS_KEY: 'SECRET-OF-ANOTHER',
    };
    const worker = startWith(aws, 'main', '--role', 'solver', '--queue', 'stranger', '--store', 's3://mipnet/objects');
    let said = '';
    for (const stream of [worker.stdout!, worker.stderr!])
      stream.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = await once(worker, 'close');
    store.close();
    expect(code).toBe(2);
    expect(said).toContain('this worker may not use the object store');
    expect(said).not.toContain('SECRET-OF-ANOTHER');
    expect(said).not.toContain('ready');
  });

  it('returns the results so far soon after a stop', async () => {
    // Its leaves end by the stop alone.
    const settings = { FAKE_LEAF_GATE: '/nowhere/gate' };
    await Promise.all([
      startWorker('orchestrator', 'stop'),
      startWorkerWith(settings, 'solver', 'stop', '--slots', '1'),
    ]);
    const run = await startRun('stop', { window: 2 });
    await leafInFlight(run);
    await run.executeUpdate(stopUpdate);
    expect(await run.result()).toMatchObject({ stopped: true });
  });

  it('keeps the orchestrator small over a round of 500 parts', async () => {
    const [orchestrator] = await Promise.all([
      startWorker('orchestrator', 'many'),
      startWorker('solver', 'many', '--slots', '20'),
    ]);
    const run = await startRun('many', { node: fakeNode('many'), window: 40 });
    await run.result();
    expect(await run.query(progressQuery)).toMatchObject({ solved: 500 });
    const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${orchestrator.pid}/status`, 'utf8'))!;
    expect(Number(kibibytes) / 1024).toBeLessThan(400);
  });

  it('ends when the parent process is killed', async () => {
    const parent = start(
      'testing/worker-parent',
      compiled('testing/fake-worker'),
      '--role',
      'solver',
      '--queue',
      'orphan',
      '--store',
      'memory:',
    );
    const [said] = (await once(parent.stdout!, 'data')) as [Buffer];
    const worker = Number(said.toString());
    parent.kill('SIGKILL');
    while (alive(worker)) await pause(50);
  });

  it('ends when its stdin is closed', async () => {
    const worker = await startWorker('solver', 'stdin', '--with-parent');
    worker.stdin!.end();
    expect(await once(worker, 'exit')).toBeDefined();
  });

  it('refuses an option it does not know with exit code 2', async () => {
    const worker = start('testing/fake-worker', '--role', 'manager');
    const [[code], [said]] = (await Promise.all([once(worker, 'exit'), once(worker.stderr!, 'data')])) as [
      [number],
      [Buffer],
    ];
    expect(code).toBe(2);
    expect(JSON.parse(said.toString())).toMatchObject({
      level: 'ERROR',
      message: expect.stringContaining("--role is 'manager'"),
      error: { code: 'bad-input' },
    });
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
