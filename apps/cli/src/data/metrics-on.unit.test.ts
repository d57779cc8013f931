import { forward, toOnnx, type Network } from '@mipnet/network';
import { afterEach, expect, test, vi } from 'vitest';
import { metricsOn, progressLines } from './metrics-on.js';

afterEach(() => vi.restoreAllMocks());

/** 2 -> 1, class 1 where x0 >= x1. */
const compare: Network = {
  inputShape: [2],
  layers: [{ kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -1), bias: Float64Array.of(0) }],
};

test('every sample is counted once, whatever is run at a time, and progress ends with all', async () => {
  const count = 9500;
  const features = Float64Array.from({ length: 2 * count }, (_, at) => (at * 7919) % 13);
  const classes = Int32Array.from(forward(compare, features, count), (score) => (score >= 0 ? 1 : 0));
  const labels = classes.map((label, row) => (row % 10 === 0 ? 1 - label : label));
  const samples = { name: 't', classes: ['0', '1'], inputShape: [2], count, size: 2, features, scale: 1, labels };
  const done: number[] = [];
  const opened = { bytes: toOnnx(compare), network: compare };
  const { accuracy, rows, confusion } = await metricsOn(opened, samples, (so) => done.push(so));
  expect([rows, accuracy]).toEqual([count, 0.9]);
  expect(confusion[0][1] + confusion[1][0]).toBe(950);
  expect(done).toEqual([4096, 8192, 9500]);
});

test('nothing is said for five seconds; then how many samples are done, every five seconds', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const said: string[] = [];
  const onProgress = progressLines(1000, (line) => said.push(line));
  for (const [seconds, done] of [
    [4, 100],
    [6, 150],
    [8, 200],
    [20, 500],
    [40, 1000],
  ]) {
    now = 1000 * seconds;
    onProgress(done);
  }
  expect(said).toEqual(['  150/1000 samples | 34 s to go', '  500/1000 samples | 20 s to go']);
});
