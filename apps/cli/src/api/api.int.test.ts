import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromOnnx } from '@mipnet/network';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MipnetError, predict, train, verify, type LabelledArrays, type PlanKeys, type TrainResult } from './index.js';

let home: string;
let written: string[];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mipnet-api-'));
  vi.stubEnv('MIPNET_HOME', join(home, 'home'));
  vi.stubEnv('TEMPORAL_ADDRESS', undefined);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});
beforeEach(() => {
  written = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => (written.push(String(text)), true));
});
// The API says nothing by itself, whatever a test asked of it.
afterEach(() => {
  vi.restoreAllMocks();
  expect(written).toEqual([]);
});

/** Rows of two classes that differ in the second and fourth number. */
function table(rows: number, names: readonly [string, string]): LabelledArrays {
  const features = new Float32Array(rows * 4);
  for (let i = 0; i < features.length; i++) features[i] = ((i >> 2) % 2) * (i % 2) + ((i * 7) % 10) / 25;
  return { features, shape: [rows, 4], labels: Array.from({ length: rows }, (_, row) => names[row % 2]) };
}

const plan: PlanKeys = {
  name: 'two-classes',
  network: [{ quantize: 64 }, { dense: 1, weights: 'integer(7)', activation: 'clip', low: -64, high: 64 }],
  splits: ['pairs'],
  objectives: [{ fit: { loss: 'hinge', margin: 8 } }],
  solver: { workLimit: 50 },
};

/** `local`, one thread: the same on every machine, and no server. */
const here = { engine: 'local', slots: 1 } as const;

test('trains on arrays by a plan of keys, predicts and verifies rows in memory', async () => {
  const data = table(60, ['no', 'yes']);
  const out = join(home, 'arrays.onnx');
  const messages: string[] = [];
  const shown: number[] = [];
  const result = await train({
    ...{ data, plan, out, ...here, set: { 'dataset.testFraction': 0.2 } },
    onMessage: (line) => messages.push(line),
    onProgress: ({ total }) => shown.push(total),
  });
  expect(result).toMatchObject({
    incomplete: false,
    dataset: { classes: ['no', 'yes'], test: 12 },
    network: { file: out },
    accuracy: { train: 1, test: 1 },
    subproblems: { total: 1, failed: 0 },
  });
  expect(messages).toContain(`training two-classes on ${result.dataset.train} samples of file`);
  expect(shown.at(-1)).toBe(1);
  // What names the data is the same on every machine: no path of a temporary folder.
  const { metadata } = fromOnnx(await readFile(out));
  expect(metadata?.['mipnet.plan']).toContain('file: features.npy');

  const rows = { features: data.features.subarray(0, 12), shape: [3, 4] };
  const predicted = await predict(out, rows);
  expect(predicted).toMatchObject({ classes: ['no', 'yes'], predictions: ['no', 'yes', 'no'] });
  expect(predicted.outputs.map((scores) => scores.length)).toEqual([2, 2, 2]);

  const verified = await verify(out, { input: { ...rows, labels: [0, 1, 1] }, epsilon: '0.01', ...here });
  expect(verified.results.map(({ verdict }) => verdict)).toEqual(['robust', 'robust', 'misclassified']);
  expect(verified).toMatchObject({ incomplete: false, totals: { queries: 3, accuracy: 2 / 3 } });

  const curve = await verify(out, { input: rows, rows: [0, 2], epsilons: [0.01, 5], ...here });
  expect(curve.epsilons.map(({ epsilon, certifiedAccuracy }) => [epsilon, certifiedAccuracy])).toEqual([
    ['0.01', 1],
    ['5', 0],
  ]);
});

test('bytes of images, float64 rows and class numbers are read as NumPy arrays are', async () => {
  const images = Uint8Array.from({ length: 40 * 16 }, (_, i) => ((i >> 4) % 2) * 200 + (i % 7));
  const out = join(home, 'images.onnx');
  const labels = Array.from({ length: 40 }, (_, row) => 3 + (row % 2));
  const trained = await train({ data: { features: images, shape: [40, 4, 4], labels }, plan, out, ...here });
  expect(trained.dataset.classes).toEqual(['3', '4']);
  const asBytes = await predict(out, { features: images.subarray(0, 32), shape: [2, 4, 4] });
  const scaled = Float64Array.from(images.subarray(0, 32), (pixel) => pixel / 255);
  expect(asBytes.predictions).toEqual(['3', '4']);
  expect(await predict(out, { features: scaled, shape: [2, 16] })).toEqual(asBytes);
});

test('a signal stops a run and keeps its best network; before there is one, the code is `stopped`', async () => {
  const digits = { dataset: 'digits', preset: 'quickstart', ...here, set: { 'solver.workLimit': 20 } };
  const late = new AbortController();
  const result: TrainResult = await train({
    ...digits,
    out: join(home, 'stopped.onnx'),
    signal: late.signal,
    onProgress: ({ solved }) => solved >= 1 && late.abort(),
  });
  expect(result.incomplete).toBe(true);
  expect(result.covers).toMatchObject({ of: 45, what: 'pairs' });
  expect(result.subproblems.unfinished).toBeGreaterThan(0);
  await expect(train({ ...digits, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'MipnetError',
    code: 'stopped',
    blame: 'input',
  });
});

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  ['a key that no plan has', () => train({ plan: { netwrk: [] } as never }), 'plan', /there is no key 'netwrk'/],
  ['two plans', () => train({ plan, preset: 'few-shot' }), 'bad-input', /not both \(got the plan and few-shot\)/],
  ['no such preset', () => train({ preset: 'none' }), 'bad-input', /presets are/],
  ['a setting without a value', () => train({ set: { seed: () => 1 } }), 'bad-input', /^set: 'seed'/],
  ['a shape that does not fit', () => train({ data: { ...table(3, ['a', 'b']), shape: [5] } }), 'bad-input', /^shape/],
  ['too few labels', () => train({ data: { ...table(3, ['a', 'b']), labels: ['a'] } }), 'bad-input', /^labels/],
  ['no such network', () => predict('/nowhere/net.onnx', 'rows.csv'), 'missing', /\/nowhere\/net\.onnx/],
  ['no such network to verify', () => verify('/nowhere/net.onnx', { rows: '0', epsilon: 1 }), 'missing', /net\.onnx/],
])('bad input, %s, is a MipnetError that says what to do', async (_, work, code, message) => {
  const error = await work().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MipnetError);
  expect(error).toMatchObject({ code, blame: 'input', message: expect.stringMatching(message) });
});
