#!/usr/bin/env node
/**
 * Speed and memory of encoding: from a training problem (samples in memory) to the arrays that HiGHS is given.
 *
 *     node tools/measure/encoding.mjs
 *
 * Each row is a process of its own: CPU seconds of the best of five encodings after one to warm up (a machine that is
 * shared adds noise, never speed), and the largest resident memory above that of the same process before it began.
 * Samples are random bytes, half of them zero, as many as a pair of digits has pixels.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';

const built = (path) => import(new URL(`../../libs/${path}`, import.meta.url).href);

const shapes = {
  'one neuron, 784 inputs': [{ outputs: 1, weights: 'ternary' }],
  '784-4-4-1, sign': [
    { outputs: 4, weights: 'ternary', activation: 'sign' },
    { outputs: 4, weights: 'ternary', activation: 'sign' },
    { outputs: 1, weights: 'ternary' },
  ],
  '784-16-1, relu': [
    { outputs: 16, weights: 'ternary', activation: 'relu' },
    { outputs: 1, weights: 'ternary' },
  ],
};
const cases = Object.keys(shapes).flatMap((shape) => [500, 1000, 2000, 4000].map((samples) => [shape, samples]));

function problemOf(shape, samples) {
  const inputs = 784;
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 16;
  const features = Float64Array.from({ length: samples * inputs }, () =>
    next() % 2 === 0 ? 0 : (1 + (next() % 255)) / 255,
  );
  const labels = Int32Array.from({ length: samples }, (_, k) => k % 2);
  const layers = [];
  const free = [];
  let width = inputs;
  for (const { outputs, weights, activation } of shapes[shape]) {
    layers.push({
      kind: 'dense',
      inputs: width,
      outputs,
      weights: new Float64Array(width * outputs),
      bias: new Float64Array(outputs),
    });
    free.push({ domain: weights, bias: true });
    width = outputs;
    if (activation === undefined) continue;
    layers.push({ kind: 'activation', activation });
    free.push(null);
  }
  const none = new Int32Array();
  return {
    problem: {
      name: 'measured',
      dataset: { key: '', sha256: '', bytes: 0 },
      network: { inputShape: [inputs], layers },
      free,
      limits: { gap: 0 },
      splits: [],
      seed: 0,
      objectives: [{ kind: 'fit', loss: 'hinge', margin: 8, sparsity: 0.1 }],
      view: {
        rows: none,
        labels: none,
        classes: Int32Array.of(0, 1),
        shifts: 0,
        validationRows: none,
        validationLabels: none,
      },
    },
    data: {
      features,
      inputs,
      shape: [inputs],
      labels,
      sampleWeights: new Float64Array(samples).fill(1),
      grid: 1 / 255,
    },
  };
}

async function measure(shape, samples) {
  const { encodeStage } = await built('training/dist/leaf/stage-model.js');
  const { bodyOf } = await built('training/dist/leaf/body.js');
  const { modelData } = await built('solver/dist/highs-run.js');
  const { problem, data } = problemOf(shape, samples);
  const body = bodyOf(problem);
  const before = process.memoryUsage().rss;
  const encode = () => modelData(encodeStage(problem, data, body, { stage: 0, kept: [], margin: 8 }).model, false);
  encode();
  const peak = process.resourceUsage().maxRSS * 1024 - before;
  let best = Infinity;
  let nonZeros = 0;
  for (let repeat = 0; repeat < 5; repeat++) {
    const began = process.cpuUsage();
    const { matrix } = encode();
    const { user, system } = process.cpuUsage(began);
    best = Math.min(best, (user + system) / 1e6);
    nonZeros = matrix.indices.length;
  }
  return { nonZeros, seconds: best, peak };
}

const { values } = readArguments(import.meta.url, { options: { case: { type: 'string' } } });
if (values.case !== undefined) {
  const [shape, samples] = cases[Number(values.case)];
  console.log(JSON.stringify(await measure(shape, samples)));
} else {
  console.log(
    '| network | samples | non-zeros | CPU s | million non-zeros a second | peak memory, bytes a non-zero ' +
      '|\n| --- | --- | --- | --- | --- | --- |',
  );
  cases.forEach(([shape, samples], index) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), '--case', `${index}`],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    const { nonZeros, seconds, peak } = JSON.parse(stdout);
    console.log(
      `| ${shape} | ${samples} | ${nonZeros} | ${seconds.toFixed(2)} ` +
        `| ${(nonZeros / seconds / 1e6).toFixed(1)} ` +
        `| ${(peak / nonZeros).toFixed(0)} |`,
    );
  });
}
