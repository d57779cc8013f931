import { mkdirSync, writeFileSync } from 'node:fs';
import { seededRandom } from '@mipnet/dataset';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

// Data of one's own that are no CSV file, from the file to the figure of the network's file.

const home = new Home();
afterAll(() => home.remove());

const plan = (dataset: object, network: readonly object[]): string =>
  JSON.stringify({ name: 'own', dataset, network, splits: ['pairs'], solver: { workLimit: 300 } });

interface Summary {
  readonly dataset: { readonly name: string; readonly test: number; readonly sameAsRun?: boolean };
  readonly accuracy: { readonly test: number };
}

async function run(args: readonly string[]): Promise<Summary> {
  const { code, stdout, stderr } = await home.runHere([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Summary;
}

/** A .npy file as numpy.save writes it. */
function npy(dtype: string, shape: readonly number[], data: ArrayBufferView): Buffer {
  const sides = `${shape.join(', ')}${shape.length === 1 ? ',' : ''}`;
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${sides}), }`;
  const start = Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1');
  return Buffer.concat([start, Buffer.from(header.padEnd(117)), Buffer.from('\n'), Buffer.from(data.buffer)]);
}

test('arrays: a table of numbers, the same figure in training and by evaluate', async () => {
  const random = seededRandom(2, 'own data');
  const count = 120;
  const x = Float32Array.from({ length: count * 3 }, () => 100 * random.normal());
  const y = Uint8Array.from({ length: count }, (_, row) => (x[row * 3] + x[row * 3 + 1] > 0 ? 7 : 3));
  mkdirSync(home.path('labels'));
  writeFileSync(home.path('X.npy'), npy('<f4', [count, 3], x));
  writeFileSync(home.path('labels/y.npy'), npy('|u1', [count], y));
  const dataset = { file: 'X.npy', labels: 'labels/y.npy', testFraction: 0.25 };
  writeFileSync(
    home.path('arrays.yaml'),
    plan(dataset, [{ quantize: 64 }, { dense: 1, weights: 'integer(15)', activation: 'sign' }]),
  );
  const trained = await run(['train', 'arrays.yaml', '--engine', 'local', '--out', 'arrays.onnx']);
  expect(trained.dataset).toMatchObject({ name: 'file', test: 30 });
  expect(trained.accuracy.test).toBeGreaterThan(0.8);
  const evaluated = await run(['evaluate', 'arrays.onnx']);
  expect(evaluated.dataset.sameAsRun).toBe(true);
  expect(evaluated.accuracy.test).toBe(trained.accuracy.test);
});

test('IDX files of 4 x 4 pixels: images, and evaluate finds them when they are named', async () => {
  const random = seededRandom(3, 'own data');
  const idx = (sides: readonly number[], bytes: Uint8Array): Buffer => {
    const lengths = Buffer.alloc(4 * sides.length);
    sides.forEach((side, at) => lengths.writeUInt32BE(side, 4 * at));
    return Buffer.concat([Buffer.from([0, 0, 8, sides.length]), lengths, bytes]);
  };
  mkdirSync(home.path('images'));
  for (const [part, count] of [
    ['train', 60],
    ['t10k', 20],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
    // Class 1 is brighter in its upper half.
    const pixels = Uint8Array.from(
      { length: count * 16 },
      (_, at) => random.integer(128) + (labels[at >> 4] === (at & 8 ? 0 : 1) ? 100 : 0),
    );
    writeFileSync(home.path(`images/${part}-images-idx3-ubyte`), idx([count, 4, 4], pixels));
    writeFileSync(home.path(`images/${part}-labels-idx1-ubyte`), idx([count], labels));
  }
  writeFileSync(
    home.path('images.yaml'),
    plan({ file: 'images', perClass: 10 }, [{ flatten: true }, { dense: 1, activation: 'sign' }]),
  );
  const trained = await run(['train', 'images.yaml', '--engine', 'local', '--out', 'images.onnx']);
  expect(trained.dataset).toMatchObject({ name: 'file', test: 20 });
  expect(trained.accuracy.test).toBeGreaterThan(0.9);
  const evaluated = await run(['evaluate', 'images.onnx', '--file', 'images']);
  expect(evaluated.dataset.sameAsRun).toBe(true);
  expect(evaluated.accuracy.test).toBe(trained.accuracy.test);
});
