import { readdirSync, writeFileSync } from 'node:fs';
import { toOnnx, type Layer, type Network } from '@mipnet/network';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';
import { isNightly } from './testing/nightly.js';

const home = new Home();
afterAll(() => home.remove());

const dense = (inputs: number, weights: readonly number[], bias: readonly number[]): Layer => ({
  kind: 'dense',
  inputs,
  outputs: bias.length,
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
});
const relu: Layer = { kind: 'activation', activation: 'relu' };
const sign: Layer = { kind: 'activation', activation: 'ternary', threshold: Number.MIN_VALUE };
/** sign(a) + sign(-a): 0 for every input, also where a is exactly 0. */
const opposed: Layer[] = [dense(2, [1, -1, -1, 1], [0, 0]), sign, dense(2, [1, 1], [0])];
const networks: Readonly<Record<string, Network>> = {
  black: { inputShape: [2], layers: opposed },
  dead: { inputShape: [2], layers: [dense(2, [1, 0, 0, 1], [-0.6, -0.6]), relu, ...opposed] },
  // Two equal roundings, one less the other: no MIP has so many levels, and bounds leave the question open.
  rounded: {
    inputShape: [2],
    layers: [dense(2, [1, 0, 1, 0], [0, 0]), { kind: 'quantize', levels: 2 ** 22 }, dense(2, [1, -1], [0])],
  },
};
const box = (upper: number, unsafe: number): string =>
  '(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(assert (>= X_0 0))(assert (<= ' +
  `X_0 ${upper}))(assert (>= X_1 0))(assert (<= X_1 ${upper}))(assert (>= Y_0 ${unsafe}))`;

beforeAll(() => {
  for (const [name, network] of Object.entries(networks)) writeFileSync(home.path(`${name}.onnx`), toOnnx(network));
  writeFileSync(home.path('half.vnnlib'), box(1, 0.5));
  writeFileSync(home.path('little.vnnlib'), box(1, 1e-8));
});

test.each(['black', 'dead'])('sign layers whose pre-activations are all exactly 0: %s', async (name) => {
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    `${name}.onnx`,
    '--vnnlib',
    'half.vnnlib',
    '--engine',
    'local',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    unit: 'output',
    results: [{ verdict: 'robust', settled: true, reason: null }],
  });
});

test.each(isNightly ? ['local', 'temporal'] : ['local'])(
  'an error in a question is its verdict, with exit code 3, on the engine %s',
  async (engine) => {
    const { code, stdout, stderr } = await home.run([
      'verify',
      'rounded.onnx',
      '--vnnlib',
      'little.vnnlib',
      '--engine',
      engine,
      '--time-limit',
      '60',
      '--json',
    ]);
    expect(code, stderr).toBe(3);
    const reason = 'a quantize layer (4194304 levels) has no formulation on unknown inputs';
    expect(stderr).toContain(`property is unresolved because of an error: ${reason}`);
    expect(JSON.parse(stdout).results).toMatchObject([
      { verdict: 'unresolved', settled: false, reason: expect.stringContaining(reason) },
    ]);
  },
);

test('pictures of a witness come from the shape of the data set, where the network takes pixels in a row', async () => {
  const network: Network = {
    inputShape: [784],
    layers: [
      dense(
        784,
        Array.from({ length: 7840 }, (_, k) => ((k * 7919) % 13) - 6),
        new Array<number>(10).fill(0),
      ),
    ],
  };
  writeFileSync(home.path('flat.onnx'), toOnnx(network));
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    'flat.onnx',
    '--dataset',
    'digits',
    '--images',
    '0..19',
    '--epsilon',
    '1',
    '--engine',
    'local',
    '--out',
    'witnesses',
  ]);
  expect(code, stderr).toBe(0);
  const shown = Number(/(\d+) adversarial/.exec(stdout)?.[1]);
  expect(shown).toBeGreaterThan(0);
  const files = readdirSync(home.path('witnesses'));
  expect(files.filter((file) => file.endsWith('.npy'))).toHaveLength(shown);
  expect(files.filter((file) => file.endsWith('.png'))).toHaveLength(3 * shown);
});

test('encode says that a formulation has no effect on a network without relu layers', async () => {
  const encode = (file: string, formulation: string) =>
    home.runHere(['encode', file, '--formulation', formulation, '--out', 'model.lp']);
  expect(await encode('black.onnx', 'extended')).toMatchObject({
    code: 0,
    stderr: '--formulation extended has no effect: it is about relu layers, and black.onnx has none\n',
  });
  expect(await encode('black.onnx', 'big-m')).toMatchObject({ code: 0, stderr: '' });
  expect(await encode('dead.onnx', 'extended')).toMatchObject({ code: 0, stderr: '' });
});
