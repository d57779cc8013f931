import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createOrchestratorActivities,
  createSolverActivities,
  kindOf,
  openAnyStore,
  StoreGuard,
} from '@mipnet/activities';
import { loadDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import { openSolver } from '@mipnet/solver';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { parsePlan, prepareRun } from '@mipnet/training';
import { orchestratorQueue, solverQueueOf } from '@mipnet/workflows';
import { findTemporal, startTemporal } from '@mipnet/workflows/testing/temporal-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runs } from './runs.js';
import { stop } from './control-run.js';
import { watch } from './watch.js';
import { runFolder, writeRecord, type RunRequest, type TrainAsked } from '@mipnet/runs/records';

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

// Anyone who can start a workflow in a namespace writes its memo. Each memo here is that of a real run with one thing
// changed, started with the plain Temporal client.

describe.skipIf(!binary)('a stranger on the server', () => {
  let server: TestWorkflowEnvironment;
  let home: string;
  let store: ObjectStore;
  let real: RunRequest<TrainAsked>;
  let solved: Solved;
  let out = '';
  let err = '';

  beforeAll(async () => {
    server = await startTemporal(binary!);
    home = await mkdtemp(join(tmpdir(), 'mipnet-memo-'));
    store = await openAnyStore(join(home, 'objects'));
    const plan = parsePlan(
      '{name: real, network: [{dense: 1, activation: sign}], splits: [pairs], dataset: {name: digits, ' +
        'perClass: 2, validationPerClass: 1}, solver: {workLimit: 0}}',
      'test',
    );
    const { node } = await prepareRun(plan, await loadDataset({ name: 'digits' }), store);
    real = {
      run: 'real',
      asked: { kind: 'train', plan },
      node,
      storeUrl: join(home, 'objects'),
      startedAt: new Date().toISOString(),
    };
    vi.stubEnv('MIPNET_HOME', home);
    vi.stubEnv('TEMPORAL_ADDRESS', server.address);
    vi.stubEnv('TEMPORAL_CONFIG_FILE', join(home, 'no-profile.toml'));
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
    solved = (await started('real', real)) as Solved;
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await server?.teardown();
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(() => {
    out = '';
    err = '';
  });

  const begin = (run: string, memo: unknown) =>
    server.client.workflow.start('train', {
      taskQueue: orchestratorQueue,
      workflowId: run,
      memo: { mipnet: memo },
      args: [{ run, node: real.node, window: 4 }],
    });
  /** Starts a workflow with a memo, and lets workers run it to its end. */
  async function started(run: string, memo: unknown): Promise<unknown> {
    const solver = await openSolver();
    const guard = new StoreGuard(store);
    const common = { connection: server.nativeConnection };
    const orchestrator = await Worker.create({
      ...common,
      taskQueue: orchestratorQueue,
      workflowsPath: fileURLToPath(import.meta.resolve('@mipnet/workflows/workflow-types')),
      activities: createOrchestratorActivities({
        divideNode: async (node, state) => (await kindOf(node)).divideNode(store, node, state),
        mergeNode: async (node, state, parts) => (await kindOf(node)).mergeNode(store, node, state, parts),
        guard,
      }),
    });
    const leaves = await Worker.create({
      ...common,
      taskQueue: solverQueueOf(orchestratorQueue),
      maxConcurrentActivityTaskExecutions: 2,
      activities: createSolverActivities({
        leaves: { solve: async (leaf) => (await kindOf(leaf)).solveLeaf(store, solver, leaf, {}) },
        store,
        guard,
      }),
    });
    return orchestrator.runUntil(leaves.runUntil(async () => (await begin(run, memo)).result()));
  }
  const recordOf = async (run: string): Promise<string> =>
    readFile(join(runFolder({ data: join(home, 'data') }, run), 'run.json'), 'utf8');

  it('names a file of the watcher as the place of the network: it is left alone, now and the next time', async () => {
    const precious = join(home, 'authorized_keys');
    await writeFile(precious, 'mine');
    await started('with-out', {
      ...real,
      run: 'with-out',
      out: precious,
      end: { report: { network: { file: precious } } },
      server: null,
    });
    expect(await watch('with-out', { json: true }), err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      run: 'with-out',
      network: { file: join(home, 'data/networks/with-out.onnx') },
    });
    expect(await watch('with-out', {}), err).toBe(0);
    expect(await readFile(precious, 'utf8')).toBe('mine');
    expect(await recordOf('with-out')).not.toContain('authorized_keys');
  });

  it('writes memos that are none: their runs are left out, said in one line, and the others are listed', async () => {
    const node = {
      kind: 'train',
      name: 'x',
      splits: [],
      problem: { key: 'problems/x', sha256: '0'.repeat(64), bytes: 1 },
    };
    const memos: Readonly<Record<string, unknown>> = {
      'time-number': { startedAt: 5 },
      'time-text': { startedAt: 'yesterday' },
      'plan-none': { asked: { kind: 'train', plan: { name: 'x', splits: 5 } } },
      'plan-key': { asked: { kind: 'train', plan: { ...real.asked.plan, out: '/etc/passwd' } } },
      'root-without-problem': { node: { ...node, problem: undefined } },
      'key-climbs': { node: { ...node, problem: { ...node.problem, key: '../../etc/passwd' } } },
      'kind-differs': { node: { ...node, kind: 'verify' } },
      'other-run': { run: 'real' },
      list: [],
      nothing: null,
    };
    const ids = Object.keys(memos);
    for (const id of ids) {
      const change = memos[id];
      await begin(id, change === null || Array.isArray(change) ? change : { ...real, run: id, ...(change as object) });
    }
    // Lists of a server lag behind a moment.
    await vi.waitFor(async () => {
      out = '';
      err = '';
      expect(await runs({ json: true, limit: 50 }), err).toBe(0);
      expect(err.trim()).toMatch(/^10 runs with unreadable data were left out: [^\n]*$/);
    });
    expect(err.trim().split(': ')[1].split(', ').sort()).toEqual([...ids].sort());
    expect((JSON.parse(out) as { run: string }[]).map((line) => line.run)).toContain('real');
    for (const id of ids) {
      await expect(watch(id, {})).rejects.toThrow(
        /^the data of .* on the server cannot be read \(.*\); another version of mipnet, or another program, started it$/,
      );
      // Nothing of it stays on this machine.
      await expect(recordOf(id)).rejects.toThrow('ENOENT');
    }
  });

  it('writes escape sequences into names: none reaches the terminal or the record', async () => {
    const evil = '\u001b]0;pwned\u0007\u001b[2J\u001b[31mFAKE completed 100%\u202e\u009b';
    // A training's plan has a checked name; a verification's is free.
    const verify = { kind: 'verify', network: evil, facts: [[evil, evil]], command: evil };
    const handle = await server.client.workflow.start('verify', {
      taskQueue: orchestratorQueue,
      workflowId: 'escapes',
      args: [{}],
      memo: { mipnet: { ...real, run: 'escapes', asked: verify, node: { ...real.node, kind: 'verify', name: evil } } },
    });
    await vi.waitFor(async () => {
      out = '';
      await runs({ limit: 50 });
      expect(out).toContain('FAKE completed 100%');
    }, 20_000);
    await handle.terminate(evil);
    await expect(
      watch('escapes', {}).catch((error: Error) => Promise.reject(new Error(error.message))),
    ).rejects.toThrow(/escapes failed: /);

    expect(out + err + (await watch('escapes', {}).catch(String))).not.toMatch(/[\u001b\u0007\u009b\u202e]|pwned/u);
  });

  it('has the newest run: last is the one that was started from here, or none', async () => {
    await expect(stop('last')).rejects.toThrow(
      /'last' is the newest run that was started from here, and there is none; give the id of a run, such as .*real/,
    );
    await writeRecord(
      { data: join(home, 'data') },
      { ...real, server: null, end: { status: 'completed', at: new Date().toISOString(), solved } },
    );
    err = '';
    // A run of the stranger is newer.
    await expect(stop('last')).rejects.toThrow(/^real has ended \(completed\)/);
    expect(err).toBe('last is real (training, completed)\n');
  });
});
