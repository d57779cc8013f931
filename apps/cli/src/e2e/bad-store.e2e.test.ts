import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startFaultProxy, startVersitygw, type FaultProxy, type Versitygw } from '@mipnet/test-servers';
import { findTemporal, startTemporal } from '@mipnet/workflows/testing/temporal-server';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Home, type Running } from './testing/command.js';
import { isNightly, someOf } from './testing/nightly.js';

// A cluster by hand: a Temporal server, an S3 server and worker processes, of which some have a store that is wrong.

const binary = findTemporal();
if (!binary) console.warn('skipped: no Temporal CLI (set MIPNET_TEMPORAL_BIN)');

/** Five classes in two columns: 10 MIPs of some milliseconds. */
const smallTable = [
  '--preset',
  'table',
  '--set',
  'network=[{quantize: 64}, {dense: 1, weights: integer(127), activation: sign}]',
  '--set',
  'splits=[pairs]',
  '--set',
  'dataset={name: csv, file: table.csv, class: class, perClass: 8, validationPerClass: 2}',
  '--set',
  'solver={workLimit: 50, reuse: false}',
];
const tableText = [
  'a,b,class',
  ...Array.from({ length: 100 }, (_, row) => `${(row % 5) * 3 + (row % 4)},${(row * 7) % 11},c${row % 5}`),
].join('\n');

describe.skipIf(!binary)('a wrong store never loses a part of a run silently', { timeout: 600_000 }, () => {
  const home = new Home();
  let temporal: TestWorkflowEnvironment;
  let s3: Versitygw;
  let proxy: FaultProxy;
  /** The solver's way to the store where it has one of its own. */
  let solverProxy: FaultProxy;
  let undisturbed: Buffer;
  let processes: Running[] = [];
  let stores = 0;

  beforeAll(async () => {
    [temporal, s3] = await Promise.all([startTemporal(binary!), startVersitygw()]);
    [proxy, solverProxy] = await Promise.all([startFaultProxy(s3.endpoint), startFaultProxy(s3.endpoint)]);
    mkdirSync(join(s3.folder, 'mipnet'));
    writeFileSync(home.path('table.csv'), tableText);
    const local = await home.run(['train', ...smallTable, '--engine', 'local', '--out', 'undisturbed.onnx']);
    expect(local.code, local.stderr).toBe(0);
    undisturbed = readFileSync(home.path('undisturbed.onnx'));
  }, 600_000);
  afterEach(async () => {
    proxy.fault = solverProxy.fault = () => undefined;
    for (const { child } of processes) child.kill('SIGTERM');
    await Promise.all(processes.map(({ ended }) => ended));
    processes = [];
  });
  afterAll(async () => {
    await Promise.all([proxy?.stop(), solverProxy?.stop()]);
    await s3?.stop();
    await temporal?.teardown();
    home.remove();
  });

  const newStore = (): string => `s3://mipnet/run${stores++}`;
  const folderOf = (store: string): string => join(s3.folder, store.replace('s3://', ''));
  const environment = (endpoint: string): NodeJS.ProcessEnv => ({
    TEMPORAL_ADDRESS: temporal.address,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_REGION: 'us-east-1',
  });
  function startWorker(role: 'orchestrator' | 'solver', store: string, endpoint = s3.endpoint): Running {
    const worker = home.start(['worker', '--role', role, '--slots', '1', '--store', store], environment(endpoint));
    processes.push(worker);
    return worker;
  }
  function train(store: string, out: string, endpoint = s3.endpoint): Running {
    const run = home.start(
      ['train', ...smallTable, '--store', store, '--engine', 'temporal', '--out', out, '--json'],
      environment(endpoint),
    );
    processes.push(run);
    return run;
  }
  async function expectUndisturbed(run: Running, out: string): Promise<void> {
    const { code, stdout, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      covers: null,
      subproblems: { total: 10, failed: 0, unfinished: 0 },
      failures: [],
    });
    expect(readFileSync(home.path(out)).equals(undisturbed)).toBe(true);
  }

  test('a solver of another store takes no work, is named on stderr, and the run gives the same network', async () => {
    const store = newStore();
    startWorker('orchestrator', store);
    startWorker('solver', 's3://mipnet/wrong');
    const run = train(store, 'wrong-solver.onnx');
    const [said] = await run.said(
      /worker \d+@\S+ has the object store s3:\/\/mipnet\/wrong .* takes no work of a run in (s3:\/\/mipnet\/run\d+)/,
    );
    expect(said).toContain(store);
    startWorker('solver', store);
    await expectUndisturbed(run, 'wrong-solver.onnx');
  });

  test.runIf(isNightly)('an orchestrator of another store neither', async () => {
    const store = newStore();
    startWorker('orchestrator', 's3://mipnet/wrong');
    startWorker('solver', store);
    const run = train(store, 'wrong-orchestrator.onnx');
    await run.said(/worker \d+@\S+ has the object store s3:\/\/mipnet\/wrong/);
    startWorker('orchestrator', store);
    await expectUndisturbed(run, 'wrong-orchestrator.onnx');
  });

  const damages: [string, (file: string) => void, RegExp][] = [
    [
      'deleted',
      (file) => rmSync(file),
      /there is no object problems\/([0-9a-f]{64}) in s3:\/\/mipnet\/run\d+ \(worker \d+@\S+\)/,
    ],
    [
      'flipped',
      (file) => writeFileSync(file, flipped(readFileSync(file))),
      /object problems\/([0-9a-f]{64}) in s3:\/\/mipnet\/run\d+ .*\(worker \d+@\S+\)/,
    ],
    [
      'cut off',
      (file) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
      /object problems\/([0-9a-f]{64}) in s3:\/\/mipnet\/run\d+ .*\(worker \d+@\S+\)/,
    ],
  ];
  // Workers find objects that are flipped or cut off by their hash; unit tests of the stores have them, too.
  test.each(someOf(damages, 3))(
    'objects that are %s in mid-run fail it and are named; the same plan again writes them anew',
    async (_, damage, message) => {
      const store = newStore();
      startWorker('orchestrator', store);
      const run = train(store, 'damaged.onnx');
      const problems = join(folderOf(store), 'problems');
      // All are there when the division is over: the root's and 10 more. No solver has looked at one.
      const names = await allOf(problems, 11);
      await run.said(/0\/10 MIPs/);
      const before = readdirSync(problems);
      const hurt = before.filter((_name, at) => at % 4 === 0);
      for (const name of hurt) damage(join(problems, name));
      startWorker('solver', store);
      const { code, stdout, stderr } = await run.ended;
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
      const [, named] = message.exec(stderr.trimEnd().split('\n').at(-1)!) ?? [];
      expect(hurt, stderr).toContain(named);
      expect(names).toHaveLength(11);

      await expectUndisturbed(train(store, 'again.onnx'), 'again.onnx');
    },
  );

  test('a worker that may not write takes no work; one that loses its right in mid-run leaves the work to others', async () => {
    const store = newStore();
    proxy.fault = ({ method }) =>
      method === 'PUT' ? { kind: 'status', status: 403, code: 'AccessDenied' } : undefined;
    const refused = await startWorker('solver', store, proxy.endpoint).ended;
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain('this worker may not use the object store, so it takes no work');

    proxy.fault = () => undefined;
    startWorker('orchestrator', store);
    const loser = startWorker('solver', store, proxy.endpoint);
    await new Promise((ready) => loser.child.stdout!.once('data', ready));
    proxy.fault = ({ method }) =>
      method === 'PUT' ? { kind: 'status', status: 403, code: 'AccessDenied' } : undefined;
    const run = train(store, 'loser.onnx');
    await run.said(/refuses these credentials for \S+ in s3:\/\/mipnet\/run\d+ .*\(worker \d+@\S+\)/);
    startWorker('solver', store);
    await expectUndisturbed(run, 'loser.onnx');
  });

  test('an outage of the store is announced and waited out', async () => {
    const store = newStore();
    const run = train(store, 'outage.onnx', proxy.endpoint);
    await run.said(/training \S+ on/);
    startWorker('orchestrator', store, proxy.endpoint);
    await run.said(/0\/10 MIPs/);
    proxy.fault = solverProxy.fault = () => ({ kind: 'reset' });
    startWorker('solver', store, solverProxy.endpoint);
    const [said] = await run.said(/the object store \S+ does not answer; the run waits for it, up to 10 minutes/);
    expect(said).toContain(store);
    await pause(5000);
    proxy.fault = () => undefined;
    await run.said(/the object store answers again/);
    // Only now the solver reaches it, so that the run cannot end before it has said so.
    solverProxy.fault = () => undefined;
    await expectUndisturbed(run, 'outage.onnx');
  });
});

const flipped = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 4 : byte)));

async function allOf(folder: string, count: number): Promise<readonly string[]> {
  for (;;) {
    const names = await Promise.resolve()
      .then(() => readdirSync(folder))
      .catch(() => []);
    if (names.length >= count) return names;
    await pause(50);
  }
}
