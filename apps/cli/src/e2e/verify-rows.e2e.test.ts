import { readFileSync, writeFileSync } from 'node:fs';
import { classify, toOnnx, type Layer, type Network } from '@mipnet/network';
import { encodeNpy } from '@mipnet/verification';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** A network of a table with a whole number, another number far from 1 and a category, as `train` writes it. */
const columns = [
  { kind: 'number', name: 'age', low: 20, high: 84, fill: 50, sd: 10, integer: true },
  { kind: 'number', name: 'dose', low: 0.001, high: 0.005, fill: 0.002, sd: 0.001, integer: false },
  { kind: 'category', name: 'job', values: ['clerk', 'sales', '?'] },
] as const;
const dense = (inputs: number, weights: readonly number[], bias: readonly number[]): Layer => ({
  kind: 'dense',
  inputs,
  outputs: bias.length,
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
});
const network: Network = {
  inputShape: [5],
  metadata: { 'mipnet.columns': JSON.stringify({ class: 'ill', columns }), classes: 'no,yes' },
  layers: [
    { kind: 'fill', values: Float64Array.of(50, 0.002, 0, 0, 0) },
    { kind: 'scale', factor: Float64Array.of(1), offset: Float64Array.of(-20, -0.001, 0, 0, 0) },
    { kind: 'scale', factor: Float64Array.of(1 / 64, 250, 1, 1, 1), offset: Float64Array.of(0) },
    { kind: 'activation', activation: 'clip', low: 0, high: 1 },
    { kind: 'quantize', levels: 16 },
    dense(5, [1, 1, 0.25, -0.25, 0, -1, 1, 0, 0.5, 0], [-0.5, 0.25]),
    { kind: 'activation', activation: 'relu' },
    dense(2, [-1, 0.5, 1, -0.25], [0.6, 0]),
  ],
};
/** The class is a text; the order of the columns is not that of the network, and one more column does not count. */
const rows = [
  ['clerk', 0.002, 30, 1],
  ['sales', 0.0035, 41, 2],
  ['?', 0.004, 60, 3],
  ['cook', '', 25, 4],
];

beforeAll(() => {
  writeFileSync(home.path('net.onnx'), toOnnx(network));
  writeFileSync(home.path('rows.csv'), ['job,dose,age,id', ...rows.map((row) => row.join(','))].join('\n'));
});

interface Row {
  readonly row: number;
  readonly image: null;
  readonly label: number;
  readonly verdict: string;
  readonly witness: readonly number[] | null;
  readonly changes?: Record<string, readonly [unknown, unknown]>;
}

/** Raw inputs of the rows; the last one has a job that the network does not know, and no dose. */
const raw: readonly Float64Array[] = [
  [30, 0.002, 1, 0, 0],
  [41, 0.0035, 0, 1, 0],
  [60, 0.004, 0, 0, 1],
  [25, 0.002, 0, 0, 0],
].map((row) => Float64Array.from(row, Math.fround));
const reach = { age: 6, dose: 0.0007 };

/** Whether any of the rows that a row may become gets another class. */
function changes(values: Float64Array): boolean {
  const jobs = [[1, 0, 0], [0, 1, 0], [0, 0, 1], ...(raw[3] === values ? [[0, 0, 0]] : [])];
  const own = classify(network, values, 1)[0];
  for (let age = values[0] - reach.age; age <= values[0] + reach.age; age++)
    for (let step = -100; step <= 100; step++)
      for (const job of jobs) {
        const dose = values[1] + (reach.dose * step) / 100;
        if (classify(network, Float64Array.of(age, dose, ...job), 1)[0] !== own) return true;
      }
  return false;
}

test('rows of a file: whole numbers, units of each column and categories are decided as enumeration does', async () => {
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    'net.onnx',
    '--input',
    'rows.csv',
    '--epsilon',
    `age=${reach.age},dose=${reach.dose},job=any`,
    '--engine',
    'local',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("column 'job': 1 row has a value that the training rows did not have: 'cook'");
  const report = JSON.parse(stdout) as { results: readonly Row[]; epsilon: string; totals: Record<string, number> };
  expect(report.epsilon).toBe('age=6,dose=0.0007,job=any');
  const truth = raw.map((values) => (changes(values) ? 'adversarial' : 'robust'));
  expect(report.results.map(({ verdict }) => verdict)).toEqual(truth);
  expect(new Set(truth).size).toBe(2);
  const certified = truth.filter((verdict) => verdict === 'robust').length / 4;
  expect(report.totals).toMatchObject({ certifiedAccuracy: certified, attackFreeAccuracy: certified, accuracy: 1 });
  report.results.forEach(({ row, image, witness, label, changes: named }, at) => {
    expect([row, image]).toEqual([at, null]);
    expect(label).toBe(classify(network, raw[at], 1)[0]);
    if (witness === null) return;
    expect(classify(network, Float64Array.from(witness), 1)[0]).not.toBe(label);
    expect(Number.isInteger(witness[0]) && Math.abs(witness[0] - raw[at][0]) <= reach.age).toBe(true);
    expect(Math.abs(witness[1] - raw[at][1])).toBeLessThanOrEqual(reach.dose * (1 + 1e-6));
    expect(witness.slice(2).filter((value) => value === 1).length).toBeGreaterThanOrEqual(at === 3 ? 0 : 1);
    expect(Object.keys(named!).every((name) => ['age', 'dose', 'job'].includes(name))).toBe(true);
  });
});

test('an array with labels; a distance in standard deviations, and the nearest row', async () => {
  writeFileSync(home.path('x.npy'), encodeNpy(Float32Array.from(raw.flatMap((row) => [...row])), [4, 5]));
  writeFileSync(
    home.path('y.npy'),
    encodeNpy(
      Float32Array.from(raw, (row) => classify(network, row, 1)[0]),
      [4],
    ),
  );
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    'net.onnx',
    '--input',
    'x.npy',
    '--labels',
    'y.npy',
    '--rows',
    '0,1',
    '--goal',
    'closest',
    '--epsilon',
    '3sd',
    '--time-limit',
    '10',
    '--engine',
    'local',
  ]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/row 0 \(class no\): .* sd/);
  expect(stdout).toMatch(/row 1 \(class no\): /);
});

test('encode: whole inputs are integer columns, a category has a row, and another solver finds the worst row', async () => {
  const model = await home.runHere([
    'encode',
    'net.onnx',
    '--input',
    'rows.csv',
    '--rows',
    '1',
    '--epsilon',
    'age=6,job=any',
    '--out',
    'row.lp',
    '--json',
  ]);
  expect(model.code, model.stderr).toBe(0);
  const text = readFileSync(home.path('row.lp'), 'utf8');
  expect(text).toMatch(/\+1 x2 \+1 x3 \+1 x4 = \+1/);
  expect(text).toMatch(/35 <= x0 <= 47/);
  expect(text.slice(text.search(/^(gen|general|bin)/im))).toContain('x0');
});

test.each<[string, readonly string[], RegExp]>([
  ['a column that is not there', ['--epsilon', 'size=2'], /there is no column 'size'; the network's columns are age/],
  ['a category with a distance', ['--epsilon', 'job=2'], /job is a category; give job=any/],
  ['the nearest row with a category', ['--epsilon', '1sd,job=any', '--goal', 'closest'], /has no distance/],
  ['a row that is not there', ['--epsilon', '1sd', '--rows', '4'], /--rows 4: there is no row 4 among 4/],
  ['labels of other rows', ['--epsilon', '1sd', '--labels', 'y5.npy'], /y5\.npy has the shape \(5\), and rows\.csv/],
  ['two sources of rows', ['--epsilon', '1sd', '--file', 'rows.csv'], /leave out --file/],
])('refused: %s', async (_what, args, sentence) => {
  writeFileSync(home.path('y5.npy'), encodeNpy(new Float32Array(5), [5]));
  const { code, stdout, stderr } = await home.runHere(['verify', 'net.onnx', '--input', 'rows.csv', ...args]);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(sentence);
});
