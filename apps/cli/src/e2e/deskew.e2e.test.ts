import { deskewed, drawDigits, writeNpyHeader } from '@mipnet/dataset';
import { classify, forward } from '@mipnet/network';
import { readNetwork } from '@mipnet/runs/records';
import { pythonWith } from '@mipnet/solver/testing/python-environment';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

// A network of deskewed images, from training with affine copies to its certificates.

const home = new Home();
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const python = await pythonWith('onnxruntime', ['numpy==2.2.6', 'onnxruntime==1.22.1']);
const count = 60;
const { test: drawn } = drawDigits();
const raw = (drawn!.features as Uint8Array).slice(0, count * 784);
const straight = Float64Array.from(deskewed(raw, [1, 28, 28]), (byte) => byte * (1 / 255));

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await home.runHere([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

let trained: { readonly accuracy: { readonly test: number } };
beforeAll(async () => {
  const whole = BigInt64Array.from(raw, BigInt);
  writeFileSync(
    home.path('X.npy'),
    Buffer.concat([writeNpyHeader('int64', [count, 28, 28]), Buffer.from(whole.buffer)]),
  );
  const pixels = Float32Array.from(raw, (byte) => byte / 255);
  writeFileSync(
    home.path('float.npy'),
    Buffer.concat([writeNpyHeader('float32', [count, 784]), Buffer.from(pixels.buffer)]),
  );
  const settings = ['--set', 'dataset.affine=2', '--set', 'dataset.deskew=true', '--engine', 'local'];
  trained = await json('train', ...tinyDigits, ...settings, '--out', 'net.onnx');
});
afterAll(() => home.remove());

test('the file says it, and evaluate and predict deskew the images', async () => {
  const network = await readNetwork(home.path('net.onnx'));
  expect(network.metadata?.transformation).toBe('deskew');
  const evaluated = await json<typeof trained & { transformation: string; dataset: { sameAsRun: boolean } }>(
    'evaluate',
    'net.onnx',
  );
  expect(evaluated).toMatchObject({
    accuracy: { test: trained.accuracy.test },
    transformation: 'deskew',
    dataset: { sameAsRun: true },
  });

  const expected = [...classify(network, straight, count)].map(String);
  expect(expected).not.toEqual(
    [
      ...classify(
        network,
        Float64Array.from(raw, (byte) => byte / 255),
        count,
      ),
    ].map(String),
  );
  const predicted = await json<{ outputs: number[][]; predictions: string[] }>('predict', 'net.onnx', 'X.npy');
  expect(predicted.predictions).toEqual(expected);
  expect(predicted.outputs.flat()).toEqual([...forward(network, straight, count)]);
  expect(await json('predict', 'net.onnx', 'float.npy')).toEqual(predicted);
  if (python === undefined) return;
  const args = [`${root}examples/python/predict.py`, home.path('net.onnx'), home.path('X.npy')];
  const [, ...lines] = execFileSync(python, args, { encoding: 'utf8' }).trimEnd().split('\n');
  expect(lines.map((line) => line.split(',')[0])).toEqual(expected);
});

test('verify is about deskewed pixels and says so, for test images and for images of a file', async () => {
  const document = await json<{ transformation: string; results: readonly { verdict: string; bound: number }[] }>(
    ...['verify', 'net.onnx', '--images', '0..3', '--epsilon', '0.01', '--engine', 'local'],
  );
  expect(document.transformation).toBe('deskew');
  const { code, stdout } = await home.runHere([
    ...['verify', 'net.onnx', '--input', 'X.npy', '--rows', '0..3', '--epsilon', '0.01', '--engine', 'local'],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'net.onnx reads deskewed images: a verdict is about changes of deskewed pixels, not of the image before',
  );
});

test.skipIf(python === undefined)('the lines of docs/network-file.md give the same bytes', () => {
  const page = readFileSync(`${root}docs/network-file.md`, 'utf8');
  const lines = page.slice(page.indexOf('    def deskew(image):')).split('\n');
  const code = lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('    ')),
    )
    .map((line) => line.slice(4));
  expect(readFileSync(`${root}examples/python/predict.py`, 'utf8')).toContain(code.join('\n'));
  const shapes = [
    [1, 28, 28],
    [3, 9, 5],
    [1, 1, 7],
    [2, 40, 3],
  ];
  for (const [at, shape] of shapes.entries()) {
    const size = shape.reduce((product, side) => product * side, 1);
    const noise = Uint8Array.from({ length: 20 * size }, (_, k) => (((k + 7) * 2654435761) >>> 13) % 256);
    const images = at === 0 ? raw : noise.map((byte, k) => (k < size ? 0 : byte));
    writeFileSync(home.path('bytes'), images);
    const program = [
      'import sys',
      'import numpy as np',
      ...code,
      `images = np.fromfile(sys.argv[1], dtype=np.uint8).reshape(-1, ${shape.join(', ')})`,
      'sys.stdout.buffer.write(np.array([deskew(image) for image in images]).tobytes())',
    ];
    const bytes = execFileSync(python!, ['-c', program.join('\n'), home.path('bytes')]);
    expect(new Uint8Array(bytes), shape.join(' x ')).toEqual(deskewed(images, shape));
  }
});
