import { readFileSync, writeFileSync } from 'node:fs';
import { floats, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** A network that mipnet itself trained by MIP: ternary neurons, sign, and 45 votes that often tie. */
beforeAll(async () => {
  const { code, stderr } = await home.runHere(['train', ...tinyDigits, '--engine', 'local', '--out', 'net.onnx']);
  expect(code, stderr).toBe(0);
});

interface Report {
  readonly run: string | null;
  readonly uiUrl: string | null;
  readonly results: readonly {
    readonly image: number;
    readonly verdict: string;
    readonly bound: number | null;
    readonly witness: string | readonly number[] | null;
  }[];
  readonly totals: Readonly<Record<string, number>>;
}
const ask = ['verify', 'net.onnx', '--epsilon', '0.02', '--time-limit', '60', '--json'];
const verdicts = ({ results }: Report): string[] => results.map(({ verdict }) => verdict);

test('what MIPs have trained, MIPs certify; asked again, proofs and witnesses are taken from before', async () => {
  const first = await home.runHere([...ask, '--images', '0..7', '--engine', 'local', '--out', 'witnesses']);
  expect(first.code, first.stderr).toBe(0);
  const report = JSON.parse(first.stdout) as Report;
  expect(report.totals).toMatchObject({ queries: 8, reused: 0 });
  expect(report.totals.robust).toBeGreaterThan(0);
  for (const { verdict, bound, witness } of report.results) {
    if (verdict === 'robust') expect(bound).toBeGreaterThanOrEqual(0);
    if (verdict === 'adversarial')
      expect(
        readFileSync(home.path(witness as string))
          .subarray(1, 6)
          .toString(),
      ).toBe('NUMPY');
  }

  // Another command gets the same of the run.
  const watched = await home.runHere(['watch', report.run!, '--json']);
  expect(watched.code, watched.stderr).toBe(0);
  expect(verdicts(JSON.parse(watched.stdout) as Report)).toEqual(verdicts(report));
  const page = await home.runHere(['report', report.run!]);
  expect(readFileSync(page.stdout.trim(), 'utf8')).toContain('image 7');

  const second = await home.runHere([...ask, '--images', '0..9', '--engine', 'local']);
  const again = JSON.parse(second.stdout) as Report;
  expect(again.totals.reused).toBe(8 - report.totals.unresolved);
  expect(verdicts(again).slice(0, 8)).toEqual(verdicts(report));

  // 'misclassified' is what `evaluate` counts, ties included.
  const all = JSON.parse((await home.runHere(['evaluate', 'net.onnx', '--dataset', 'digits', '--json'])).stdout) as {
    accuracy: { test: number };
  };
  const whole = JSON.parse(
    (await home.runHere([...ask.with(3, '0'), '--images', '0..999', '--engine', 'local'])).stdout,
  ) as Report;
  expect(whole.totals.robust + whole.totals.misclassified).toBe(1000);
  expect(whole.totals.robust / 1000).toBeCloseTo(all.accuracy.test, 12);
});

test('a property that holds in float64 and is violated by float32 rounding is not robust', async () => {
  // (x - 1e8) + 1e8 is 0 for every x of the region in float32.
  const nodes = [node('Sub', ['x', 'c'], 'z'), node('Add', ['z', 'c'], 'y')];
  writeFileSync(home.path('cancel.onnx'), onnxModel({ input: ['N', 1], nodes, constants: [floats('c', [], [1e8])] }));
  writeFileSync(
    home.path('cancel.vnnlib'),
    '(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(assert (>= X_0 0.6))\n(assert (<= X_0 ' +
      '1.0))\n(assert (<= Y_0 0.5))\n',
  );
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    'cancel.onnx',
    '--vnnlib',
    'cancel.vnnlib',
    '--engine',
    'local',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  const [{ verdict, reason }] = (JSON.parse(stdout) as { results: { verdict: string; reason: string | null }[] })
    .results;
  expect(verdict).toBe('adversarial');
  expect(reason).toContain('float64 arithmetic finds it safe');
});

test('a property may compare inputs with outputs', async () => {
  const nodes = [node('Relu', ['x'], 'y')];
  writeFileSync(home.path('relu.onnx'), onnxModel({ input: ['N', 1], nodes }));
  writeFileSync(
    home.path('mixed.vnnlib'),
    '(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 -1) (<= X_0 1) (> Y_0 (+ X_0 0.75))))',
  );
  const args = ['verify', 'relu.onnx', '--vnnlib', 'mixed.vnnlib', '--engine', 'local', '--json'];
  const { code, stdout, stderr } = await home.runHere(args);
  expect(code, stderr).toBe(0);
  const [{ verdict, witness }] = (JSON.parse(stdout) as { results: { verdict: string; witness: number[] }[] }).results;
  expect(verdict).toBe('adversarial');
  expect(Math.max(0, witness[0])).toBeGreaterThan(witness[0] + 0.75);
});

test('a verification runs on Temporal like training, with the same verdicts', async () => {
  const { code, stdout, stderr } = await home.run([
    ...ask,
    '--images',
    '10..15',
    '--engine',
    'temporal',
    '--store',
    'temporal-store',
  ]);
  expect(code, stderr).toBe(0);
  const served = JSON.parse(stdout) as Report;
  expect(served.uiUrl).toContain(served.run);
  const local = JSON.parse(
    (await home.runHere([...ask, '--images', '10..15', '--engine', 'local', '--store', 'local-store'])).stdout,
  ) as Report;
  expect(verdicts(served)).toEqual(verdicts(local));
});

test('Ctrl-C keeps the verdicts so far, and a killed process loses only the looks it was at', async () => {
  // All 1,000 test images: far more than are decided by the second line of progress.
  const slow = [
    ...ask.with(3, '0.08'),
    '--images',
    '0..999',
    '--engine',
    'local',
    '--store',
    'slow-store',
    '--slots',
    '1',
  ];
  const stopped = home.start(slow);
  await stopped.said(/[1-9]\d*\/1000 decided/);
  stopped.child.kill('SIGINT');
  const { code, stdout, stderr } = await stopped.ended;
  expect(code, stderr).toBe(3);
  const { totals } = JSON.parse(stdout) as Report;
  const decided = 1000 - totals.unresolved;
  expect(decided).toBeGreaterThan(0);
  expect(totals.unresolved).toBeGreaterThan(0);

  const killed = home.start(slow);
  await killed.said(new RegExp(`${decided} of 1000 answered before`));
  await killed.said(/[1-9]\d*\/\d+ decided/);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const third = home.start(slow);
  const [, known] = await third.said(/(\d+) of 1000 answered before/);
  expect(Number(known)).toBeGreaterThan(decided);
  third.child.kill('SIGKILL');
  await third.ended;
});
