import { crownBounds } from '@mipnet/bounds';
import { randomBox, randomNumbers, randomPoint, randomTrained } from '@mipnet/bounds/testing/random-trained';
import { forward, inFloat32, type Layer, type Network } from '@mipnet/network';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import { expect, test } from 'vitest';
import { branchOnSigns } from './branch-on-signs.js';
import { liveForms } from './live-forms.js';
import { liveNetwork } from './live-network.js';

const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 200);

const dense = (inputs: number, weights: readonly number[], bias: readonly number[]): Layer => ({
  kind: 'dense',
  inputs,
  outputs: bias.length,
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
});
const relu: Layer = { kind: 'activation', activation: 'relu' };
const unitBox = (inputs: number) => ({ lower: new Float64Array(inputs), upper: new Float64Array(inputs).fill(1) });
const widths = (network: Network, wanted?: Int32Array) => {
  const live = liveNetwork(network, crownBounds(network, unitBox(2)), wanted);
  return live.steps.map(({ outputs }) => outputs);
};

test('constants and numbers that nothing reads are left out, also where two layers read them', () => {
  const layers: Layer[] = [
    // Of four units on [0, 1]^2, the second is never positive, and nothing reads the fourth.
    dense(2, [1, -1, -1, -1, 1, 1, 1, -2], [0, -0.5, 0.5, 0]),
    { ...relu, name: 'front' },
    { kind: 'scale', factor: new Float64Array(4).fill(2), offset: new Float64Array(4), name: 'twice' },
    { kind: 'select', positions: Int32Array.of(0, 1, 2), shape: [3], from: ['front'], name: 'picked' },
    { kind: 'select', positions: Int32Array.of(0, 1, -1), shape: [3], from: ['twice'], name: 'others' },
    { kind: 'add', from: ['picked', 'others'] },
    dense(3, [1, 1, 1, 0, 0, 1], [0, 1]),
  ];
  const network: Network = { inputShape: [2], layers };
  expect(widths(network)).toEqual([2, 2, 1, 2, 1, 2, 2]);
  expect(widths(network, Int32Array.of(1))).toEqual([1, 1, 0, 1, 0, 1, 1]);
});

test('a constant that is not zero is part of a bias', () => {
  const step: Layer = { kind: 'activation', activation: 'step' };
  const network: Network = {
    inputShape: [2],
    layers: [dense(2, [1, 1, 1, -1], [0.5, 0]), step, dense(2, [3, 1], [-1])],
  };
  const live = liveNetwork(network, crownBounds(network, unitBox(2)));
  expect(live.steps.map(({ outputs }) => outputs)).toEqual([1, 1, 1]);
  const last = live.steps[2];
  expect(last.kind === 'affine' && [...last.bias]).toEqual([2]);
});

test('the bound of one output is that of the whole network, on the part of it that the output needs', () => {
  let smaller = 0;
  for (let seed = 0; seed < networks; seed++) {
    const random = randomNumbers(seed);
    const drawn = seed % 2 === 0 ? randomGraph(random) : randomTrained(random, { quantize: seed % 5 === 0 });
    const box = randomBox(random, drawn);
    const network = seed % 3 === 0 ? inFloat32(drawn) : drawn;
    const bounds = crownBounds(network, box);
    const outputs = bounds.layers.at(-1)!.lower.length;
    for (let output = 0; output < outputs; output++) {
      const row = new Float64Array(outputs).fill(1, output, output + 1);
      const whole = branchOnSigns(liveNetwork(network, bounds), row, { nodeLimit: 1, target: Infinity });
      const part = liveNetwork(network, bounds, Int32Array.of(output));
      const { bound } = branchOnSigns(part, Float64Array.of(1), { nodeLimit: 1, target: Infinity });
      expect(Math.abs(bound - whole.bound), `seed ${seed}`).toBeLessThan(1e-6 * (1 + Math.abs(bound)));
      if (part.open.length < liveNetwork(network, bounds).open.length) smaller++;
      for (let k = 0; k < 20; k++)
        expect(forward(network, randomPoint(random, box), 1)[output]).toBeGreaterThanOrEqual(bound);
    }
  }
  expect(smaller).toBeGreaterThan(networks / 20);
});

test('outputs that need different parts get networks of their own; outputs that need the same share one', () => {
  const random = randomNumbers(1);
  const front = [
    dense(
      2,
      Array.from({ length: 60 }, () => 2 * random() - 1),
      new Array<number>(30).fill(0),
    ),
    relu,
  ];
  const opens = (weightOf: (output: number, unit: number) => number) => {
    const weights = [0, 1, 2].flatMap((output) => Array.from({ length: 30 }, (_, unit) => weightOf(output, unit)));
    const network: Network = { inputShape: [2], layers: [...front, dense(30, weights, [0, 0, 0])] };
    const bounds = crownBounds(network, { lower: new Float64Array(2).fill(-1), upper: new Float64Array(2).fill(1) });
    const { shared, of } = liveForms(network, bounds, Int32Array.of(0, 1, 2));
    return { shared: shared.open.length, own: of(1).live.open.length, row: [...of(1).row] };
  };
  const own = opens((output, unit) => (Math.floor(unit / 10) === output ? 1 : 0));
  expect(own).toEqual({ shared: 30, own: 10, row: [1] });
  const same = opens((output, unit) => 1 + output * unit);
  expect(same).toEqual({ shared: 30, own: 30, row: [0, 1, 0] });
});
