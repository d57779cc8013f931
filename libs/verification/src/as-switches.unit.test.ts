import { crownBounds } from '@mipnet/bounds';
import { seededRandom } from '@mipnet/dataset';
import { forward, forwardTrace, inFloat32, type Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { asSwitches } from './as-switches.js';
import { switchesCase } from './testing/switches-case.js';

const random = seededRandom(3, 'switches');
const numbers = (count: number) => Float64Array.from({ length: count }, () => 2 * random.uniform() - 1);

/** A maximum of three rows' neighbours, behind it a clip in a shape, and again a maximum beside it. */
const networkWith = (low: number, high: number): Network =>
  inFloat32({
    inputShape: [1, 4, 4],
    layers: [
      {
        kind: 'conv2d',
        inputChannels: 1,
        outputChannels: 2,
        groups: 1,
        kernel: [2, 2],
        strides: [1, 1],
        dilations: [1, 1],
        pads: [0, 0, 0, 0],
        weights: numbers(8),
        bias: numbers(2),
      },
      { kind: 'maxPool2d', kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], countIncludePad: false },
      { kind: 'activation', activation: 'clip', low, high },
      { kind: 'flatten' },
      { kind: 'dense', inputs: 8, outputs: 3, weights: numbers(24), bias: numbers(3) },
    ],
  });

test.each([
  ['two ends', -0.25, 0.25],
  ['an upper end', -Infinity, 0.25],
  ['a lower end', 0.25, Infinity],
])('the same function on the box, without maxima and clips, and with bounds that hold: %s', (_, low, high) => {
  const network = networkWith(low, high);
  for (let draw = 0; draw < 5; draw++) {
    const lower = numbers(16);
    const upper = lower.map((low) => low + random.uniform());
    const bounds = crownBounds(network, { lower, upper });
    const split = asSwitches(network, bounds);
    const isLeft = split.layers.some(
      (layer) => layer.kind === 'maxPool2d' || (layer.kind === 'activation' && layer.activation === 'clip'),
    );
    expect(isLeft).toBe(false);
    const layers = crownBounds(split, { lower, upper }).layers;
    for (let sample = 0; sample < 20; sample++) {
      const x = lower.map((low, i) => low + random.uniform() * (upper[i] - low));
      const expected = forward(network, x, 1);
      forward(split, x, 1).forEach((y, j) => expect(y).toBeCloseTo(expected[j], 12));
      forwardTrace(split, x).forEach((outputs, k) =>
        outputs.forEach((y, j) => {
          expect(y).toBeGreaterThanOrEqual(layers[k].lower[j]);
          expect(y).toBeLessThanOrEqual(layers[k].upper[j]);
        }),
      );
    }
  }
});

test('a network without undecided ones stays as it is', () => {
  const point = numbers(16);
  const network = networkWith(-0.25, 0.25);
  const plain: Network = { ...network, layers: network.layers.slice(0, 1) };
  expect(asSwitches(plain, crownBounds(plain, { lower: point, upper: point }))).toBe(plain);
});

test('branching on them proves no bound above the enumerated minimum, and nearly all that is true', () => {
  let [safe, proven] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const { truth, bound, isWrong } = switchesCase(seed);
    expect(isWrong, `seed ${seed}: the bound ${bound} is above the minimum ${truth}`).toBe(false);
    if (truth > 1e-6) safe++;
    if (bound > 0) proven++;
  }
  expect(safe).toBeGreaterThan(20);
  expect(proven).toBeGreaterThan(0.95 * safe);
});
