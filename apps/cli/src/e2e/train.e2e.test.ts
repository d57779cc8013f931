import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

const home = new Home();
/** Copies are made by the process that reads the rows, so that they are a test of both engines, too. */
const withCopies = [...tinyDigits, '--set', 'dataset.affine=1', '--set', 'dataset.deskew=true'];
afterAll(() => home.remove());

interface Shape {
  readonly [key: string]: Shape | null;
}
const keysOf = (value: unknown): Shape | null =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]))
    : null;

test('train --json prints the contract, evaluate gives the same accuracy, both engines the same bytes', async () => {
  const byTemporal = await home.run([
    'train',
    ...withCopies,
    '--engine',
    'temporal',
    '--out',
    'temporal.onnx',
    '--json',
  ]);
  expect(byTemporal.code, byTemporal.stderr).toBe(0);
  const report = JSON.parse(byTemporal.stdout);
  const ten = keysOf(Array.from({ length: 10 }, () => 0));
  expect(keysOf(report)).toEqual({
    run: null,
    workflowId: null,
    uiUrl: null,
    endedBy: null,
    solver: { name: null, version: null },
    objective: null,
    covers: null,
    bound: null,
    gap: null,
    failures: {},
    dataset: { name: null, classes: ten, train: null, test: null, reading: { 0: null } },
    network: { file: null, parameters: null, nonZero: null, domain: null },
    accuracy: { train: null, validation: null, test: null },
    test: {
      rows: null,
      accuracy: null,
      balancedAccuracy: null,
      f1: null,
      auc: null,
      confusion: keysOf(Array.from({ length: 10 }, () => new Array(10).fill(0))),
    },
    neurons: null,
    subproblems: {
      total: null,
      optimal: null,
      bySolver: null,
      feasible: null,
      unresolved: null,
      failed: null,
      reused: null,
      unfinished: null,
    },
    seconds: { wall: null, solver: null, merge: null },
  });
  expect(report).toMatchObject({
    workflowId: report.run,
    solver: { name: 'highs', version: expect.stringMatching(/^HiGHS \d/) },
    dataset: { name: 'digits', train: 30 },
    network: { file: home.path('temporal.onnx'), domain: 'ternary' },
    subproblems: { total: 45, failed: 0 },
  });
  expect(report.uiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\//);

  const evaluated = await home.runHere(['evaluate', 'temporal.onnx', '--dataset', 'digits', '--json']);
  expect(JSON.parse(evaluated.stdout).accuracy.test).toBe(report.accuracy.test);

  const byItself = await home.runHere([
    'train',
    ...withCopies,
    '--engine',
    'local',
    '--out',
    'local.onnx',
    '--slots',
    '1',
  ]);
  expect(byItself.code, byItself.stderr).toBe(0);
  expect(byItself.stdout).toMatch(/^accuracy +\d+\.\d+% on 1000 test samples/);
  expect(byItself.stderr).toMatch(/\d+\/45 MIPs/);
  expect(readFileSync(home.path('local.onnx')).equals(readFileSync(home.path('temporal.onnx')))).toBe(true);
});

test("a table of the person's own is trained on; its path is relative to where the command runs", async () => {
  const rows = Array.from(
    { length: 80 },
    (_, row) => `${row % 9},${(row * 7) % 13},${(row % 9) + ((row * 7) % 13) > 10 ? 'yes' : 'no'}`,
  );
  writeFileSync(home.path('table.csv'), ['a,b,answer', ...rows].join('\n'));
  const { code, stdout, stderr } = await home.runHere([
    'train',
    '--set',
    'dataset.name=csv',
    '--set',
    'dataset.file=table.csv',
    '--set',
    'dataset.class=answer',
    '--set',
    'dataset.perClass=8',
    '--set',
    'dataset.shifts=0',
    '--set',
    'dataset.validationPerClass=5',
    '--set',
    'solver.workLimit=0',
    '--engine',
    'local',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ dataset: { name: 'csv', train: 16 }, subproblems: { failed: 0 } });
});

test('without MNIST and without a network the quick start says in its first line that it trains on digits', async () => {
  const { code, stdout, stderr } = await home.run(
    [
      'train',
      '--engine',
      'local',
      '--set',
      'dataset.perClass=2',
      '--set',
      'dataset.shifts=0',
      '--set',
      'dataset.validationPerClass=5',
      '--set',
      'objectives.0.fit.sparsity=2.5',
      '--set',
      'solver.workLimit=10',
      '--json',
    ],
    noMirrors(),
  );
  expect(code, stderr).toBe(0);
  expect(stderr.split('\n')[0]).toContain('`digits`');
  expect(JSON.parse(stdout).dataset.name).toBe('digits');
});

test.each([
  ['train', '--dataset', 'mnist'],
  ['train', '--set', 'dataset={name: mnist}'],
  ['train', '--preset', 'quickstart'],
])('%s %s %s never falls back', async (...args) => {
  const { code, stdout, stderr } = await home.run([...args, '--engine', 'local'], noMirrors());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^mipnet: MNIST is not on this machine/);
});

/** The mirrors cannot be reached, also on a machine that is online: names are not resolved. */
function noMirrors(): NodeJS.ProcessEnv {
  const file = home.path('no-names.cjs');
  writeFileSync(
    file,
    `const dns = require('node:dns'); dns.lookup = (name, options, done) => (done ?? ` +
      'options)(Object.assign(new ' +
      `Error('getaddrinfo ` +
      `ENOTFOUND ' ` +
      `+ name), { code: 'ENOTFOUND' }));`,
  );
  return { MIPNET_DATA: '', XDG_CACHE_HOME: home.path('empty-cache'), NODE_OPTIONS: `--require ${file}` };
}
