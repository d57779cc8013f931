import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNpyHeader } from '@mipnet/dataset';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

// Models of other programs: they have no data set of their own.

const models = join(import.meta.dirname, '../../../../libs/runs/src/testing/models');
const home = new Home();
const npy = (shape: readonly number[], numbers: Float32Array): Buffer =>
  Buffer.concat([writeNpyHeader('float32', shape), new Uint8Array(numbers.buffer)]);
afterAll(() => home.remove());

beforeAll(() => {
  for (const name of ['sklearn-pipeline.onnx', 'torch-dynamo.onnx', 'torch-dynamo.onnx.data', 'torch-script.onnx'])
    copyFileSync(join(models, name), home.path(name));
  mkdirSync(home.path('alone'));
  copyFileSync(join(models, 'torch-dynamo.onnx'), home.path('alone/net.onnx'));
  const rows = Float32Array.from({ length: 6 * 4 }, (_, at) => ((at * 7919) % 33) / 8 - 2);
  writeFileSync(home.path('rows.npy'), npy([6, 4], rows));
  const inputs = Array.from(
    { length: 4 },
    (_, i) => `(declare-const X_${i} Real)(assert (>= X_${i} 0))(assert (<= X_${i} 1))`,
  );
  const outputs = Array.from({ length: 3 }, (_, i) => `(declare-const Y_${i} Real)`);
  writeFileSync(home.path('p.vnnlib'), `${inputs.join('')}${outputs.join('')}(assert (<= Y_0 -100))`);
});

test('a classifier of scikit-learn is verified without its end, and that is said', async () => {
  const asked = ['--input', 'rows.npy', '--epsilon', '0.001', '--engine', 'local', '--json'];
  const { code, stdout, stderr } = await home.runHere(['verify', 'sklearn-pipeline.onnx', ...asked]);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/has the outputs output_label, output_probability; output_probability is used/);
  expect(stderr).toMatch(/ends in Softmax, ZipMap, which leaves the class of a row as it is/);
  const { results } = JSON.parse(stdout) as { results: { verdict: string }[] };
  expect(results).toHaveLength(6);
  expect(results.every(({ verdict }) => verdict === 'robust' || verdict === 'adversarial')).toBe(true);
  expect(results.some(({ verdict }) => verdict === 'robust')).toBe(true);
});

test('a property about its probabilities is refused; about its scores, by name, it is answered', async () => {
  const args = ['verify', 'sklearn-pipeline.onnx', '--vnnlib', 'p.vnnlib', '--engine', 'local'];
  const refused = await home.runHere(args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(
    /ends in Softmax, ZipMap, which is not piecewise linear.*name the scores with --output/,
  );
  const { code, stdout, stderr } = await home.runHere([...args, '--output', 'add_result1', '--json']);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).results).toMatchObject([{ verdict: 'robust' }]);
  const unknown = await home.runHere([...args, '--output', 'logits']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(
    /the graph has no value 'logits'; its outputs are 'output_label', 'output_probability'/,
  );
});

test('weights beside the model are read, and missed by their name', async () => {
  const images = Float32Array.from({ length: 3 * 147 }, (_, at) => ((at * 7919) % 17) / 16);
  writeFileSync(home.path('images.npy'), npy([3, 3, 7, 7], images));
  const { code, stdout, stderr } = await home.runHere(['predict', 'torch-dynamo.onnx', 'images.npy']);
  expect(code, stderr).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  const lost = await home.runHere(['predict', 'alone/net.onnx', 'images.npy']);
  expect(lost.code).toBe(2);
  expect(lost.stderr).toMatch(/alone.net\.onnx: the weights of the model: .*torch-dynamo\.onnx\.data/);
});
