import { drawDigits, seededRandom } from '@mipnet/dataset';
import { classify, networkShapes } from '@mipnet/network';
import { readNetwork } from '@mipnet/runs/records';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

// A network whose filters are fixed, with competition, overlapping pools and graded votes: from the plan to verified
// images. Its file is judged by the ONNX runtime.

const home = new Home();
const plan = `
name: fixed
dataset: {name: digits, perClass: 5, shifts: 4, validationPerClass: 5}
network:
  - {conv: 8, kernel: 3, fixed: oriented-edges, bias: -0.5, activation: relu, name: edges}
  - {strongest: 0.5}
  - {averagePool: 6, stride: 4}
  - {flatten: true, name: fine}
  - {maxPool: 12, offset: 2, from: edges}
  - {flatten: true, name: coarse}
  - {concat: true, from: [fine, coarse]}
  - {dense: 1, weights: ternary, activation: clip, low: -0.5, high: 0.5}
splits: [pairs]
objectives: [{fit: {margin: 1, sparsity: 0.01}}]
solver: {workLimit: 0}
`;

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await home.runHere([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

interface Judged {
  readonly accuracy: { readonly test: number };
}
let trained: Judged;
beforeAll(async () => {
  writeFileSync(home.path('fixed.yaml'), plan);
  trained = await json('train', 'fixed.yaml', '--engine', 'local', '--out', 'net.onnx');
});
afterAll(() => home.remove());

test('the ONNX runtime gives every test image the class of the forward pass', async () => {
  const network = await readNetwork(home.path('net.onnx'));
  expect(networkShapes(network).at(-1)).toEqual([10]);
  const { test: drawn } = drawDigits();
  const pixels = Float64Array.from(drawn!.features, (byte) => byte / 255);
  const found = classify(network, pixels, drawn!.count);
  const share = found.filter((label, k) => label === drawn!.labels[k]).length / drawn!.count;
  expect(trained.accuracy.test).toBeCloseTo(share, 12);
  expect(share).toBeGreaterThan(0.8);
  expect((await json<Judged>('evaluate', 'net.onnx')).accuracy.test).toBe(trained.accuracy.test);
});

test('images are proven robust on their raw pixels, and no sampled image of a proven ball has another class', async () => {
  const epsilon = 0.01;
  const { results } = await json<{ results: { image: number; verdict: string }[] }>(
    ...[
      'verify',
      'net.onnx',
      '--dataset',
      'digits',
      '--images',
      '0..3',
      '--epsilon',
      `${epsilon}`,
      '--engine',
      'local',
    ],
  );
  const robust = results.filter(({ verdict }) => verdict === 'robust');
  expect(robust.length).toBeGreaterThan(0);
  const network = await readNetwork(home.path('net.onnx'));
  const random = seededRandom(3);
  const { test: drawn } = drawDigits();
  for (const { image } of robust) {
    const pixels = drawn!.features.subarray(image * 784, (image + 1) * 784);
    const samples = 40;
    const near = Float64Array.from({ length: samples * 784 }, (_, at) => {
      const moved = pixels[at % 784] / 255 + epsilon * (random.integer(2) * 2 - 1);
      return Math.min(1, Math.max(0, moved));
    });
    expect(new Set(classify(network, near, samples))).toEqual(new Set([drawn!.labels[image]]));
  }
});
