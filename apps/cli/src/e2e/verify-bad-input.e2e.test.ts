import { readFileSync, writeFileSync } from 'node:fs';
import { toOnnx, type Network } from '@mipnet/network';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

const twoInputs: Network = {
  inputShape: [2],
  layers: [
    { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, 0, 1), bias: Float64Array.of(0.25, 0.5) },
  ],
};
const declared = '(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)';
const inBox = '(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= X_1 0))(assert (<= X_1 1))';
const properties = {
  unbounded: `${declared}(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= Y_0 Y_1))`,
  unknown: `${declared}${inBox}(assert (>= Y_7 Y_1))`,
  contradictory: `${declared}${inBox}(assert (>= X_0 2))(assert (>= Y_0 Y_1))`,
  truncated: `${declared}${inBox}(assert (>= Y_0`,
  two: `(declare-network f (declare-input A float32 [1,2]) (declare-output B float32 [1,2]))
    (declare-network g (declare-input C float32 [1,2]) (declare-output D float32 [1,2])) (assert (<= B[0,0] D[0,0]))`,
};

beforeAll(() => {
  const bytes = toOnnx(twoInputs);
  writeFileSync(home.path('net.onnx'), bytes);
  writeFileSync(home.path('half.onnx'), bytes.subarray(0, bytes.length / 2));
  // The first bias, 0.25, as NaN.
  const nan = Buffer.from(bytes);
  nan.writeFloatLE(NaN, nan.indexOf(Buffer.from(Float32Array.of(0.25).buffer)));
  writeFileSync(home.path('nan.onnx'), nan);
  const image: Network = {
    inputShape: [784],
    layers: [{ kind: 'dense', inputs: 784, outputs: 10, weights: new Float64Array(7840), bias: new Float64Array(10) }],
  };
  writeFileSync(home.path('image.onnx'), toOnnx(image));
  writeFileSync(home.path('weights.json'), '[1, 2, -3]');
  for (const [name, text] of Object.entries(properties)) writeFileSync(home.path(`${name}.vnnlib`), text);
});

const images = ['--dataset', 'digits', '--images', '0..3'];

test.each<[string, readonly string[], RegExp]>([
  ['epsilon negative', ['image.onnx', ...images, '--epsilon', '-0.1'], /--epsilon -0\.1 is no distance/],
  ['epsilon that is no number', ['image.onnx', ...images, '--epsilon', 'NaN'], /--epsilon NaN is no distance/],
  ['no epsilon', ['image.onnx', ...images], /how far may an input move\? give --epsilon/],
  ['no images', ['image.onnx', '--dataset', 'digits', '--epsilon', '0.1'], /which images\? give --images/],
  [
    'an image outside of the data set',
    ['image.onnx', '--dataset', 'digits', '--images', '999..1001', '--epsilon', '0.1'],
    /1000/,
  ],
  ['a network of another input shape', ['net.onnx', ...images, '--epsilon', '0.1'], /2 inputs|784/],
  ['a network file that is cut off', ['half.onnx', ...images, '--epsilon', '0.1'], /half\.onnx: /],
  ['a weight that is no number', ['nan.onnx', '--vnnlib', 'truncated.vnnlib'], /nan\.onnx: .*bias\[0\] is NaN/],
  ['a property without bounds on an input', ['net.onnx', '--vnnlib', 'unbounded.vnnlib'], /X_1/],
  ['a property with a variable that does not exist', ['net.onnx', '--vnnlib', 'unknown.vnnlib'], /Y_7 is not declared/],
  ['a property that is cut off', ['net.onnx', '--vnnlib', 'truncated.vnnlib'], /truncated\.vnnlib|cut off|ends/],
  ['a property of two networks', ['net.onnx', '--vnnlib', 'two.vnnlib'], /the networks f, g: .* mipnet-vnnlib verify/],
  ['a property and images', ['net.onnx', '--vnnlib', 'unknown.vnnlib', '--images', '0'], /leave out --images/],
  [
    'weights of another number',
    ['image.onnx', ...images, '--epsilon', '0.1', '--weights', 'weights.json'],
    /weights\.json: give an array of 784 positive numbers/,
  ],
  [
    'a goal that is none',
    ['image.onnx', ...images, '--epsilon', '0.1', '--goal', 'nearest'],
    /feasibility, closest, targeted/,
  ],
])('%s', async (_what, args, sentence) => {
  const { code, stdout, stderr } = await home.runHere(['verify', ...args]);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  const last = stderr.trimEnd().split('\n').at(-1);
  expect(last).toMatch(/^mipnet: /);
  expect(last).toMatch(sentence);
  expect(stderr).not.toMatch(/\n +at /);
});

test('boxes that contradict themselves: the property holds, and that is said', async () => {
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    'net.onnx',
    '--vnnlib',
    'contradictory.vnnlib',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/X_0/);
  expect(JSON.parse(stdout).results).toMatchObject([{ verdict: 'robust', by: 'empty region' }]);
});

test('one formulation a relu layer, or one for all', async () => {
  const relu = { kind: 'activation', activation: 'relu' } as const;
  const [dense] = twoInputs.layers;
  writeFileSync(
    home.path('deep.onnx'),
    toOnnx({
      inputShape: [2],
      layers: [
        { ...dense, bias: Float64Array.of(-0.5, -0.5) } as typeof dense,
        relu,
        { ...dense, bias: Float64Array.of(-0.125, -0.125) } as typeof dense,
        relu,
      ],
    }),
  );
  const encode = (formulation: string, out: string) =>
    home.run(['encode', 'deep.onnx', '--formulation', formulation, '--out', out, '--json']);
  const [mixed, plain, wrong] = [
    await encode('big-m,extended', 'mixed.lp'),
    await encode('big-m', 'plain.lp'),
    await encode('big-m,big-m,big-m', 'wrong.lp'),
  ];
  expect(mixed.code, mixed.stderr).toBe(0);
  expect(JSON.parse(mixed.stdout).size.columns).toBeGreaterThan(JSON.parse(plain.stdout).size.columns);
  expect(readFileSync(home.path('mixed.lp'), 'utf8')).toContain('x0');
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('3 formulations (big-m, big-m, big-m) for 2 relu layers'),
  ]);
});

test('encode writes a network on bounds of its own, or on those of a property', async () => {
  const encode = (...args: string[]) => home.run(['encode', 'net.onnx', ...args, '--out', 'own.lp']);
  expect((await encode('--box=-2.5,3')).code).toBe(0);
  expect(readFileSync(home.path('own.lp'), 'utf8')).toMatch(/-2\.5 <= x0 <= 3/);
  writeFileSync(
    home.path('own.vnnlib'),
    `${declared}(assert (>= X_0 10))(assert (<= X_0 20))(assert (>= X_1 0))(assert (<= X_1 1))(assert (>= Y_0 Y_1))`,
  );
  expect((await encode('--vnnlib', 'own.vnnlib')).code).toBe(0);
  expect(readFileSync(home.path('own.lp'), 'utf8')).toMatch(/10 <= x0 <= 20/);
  const clash = await encode('--vnnlib', 'own.vnnlib', '--epsilon', '0.1');
  expect([clash.code, clash.stderr]).toEqual([2, expect.stringContaining('leave out --epsilon')]);
});
