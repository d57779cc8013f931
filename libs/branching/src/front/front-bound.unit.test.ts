import { crownBounds } from '@mipnet/bounds';
import { float32Trace } from '@mipnet/bounds/testing/float32-pass';
import { randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { inFloat32, layerMaps, type Layer, type Network } from '@mipnet/network';
import { boxOfConvolutional, randomConvolutional } from '@mipnet/network/testing/random-convolutional';
import { expect, test } from 'vitest';
import { behindFront } from './behind-front.js';
import { findFront } from './find-front.js';

const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 30);

test('bounds of random fronts hold for float32 passes, and are above those unit by unit', () => {
  let [found, tighter] = [0, 0];
  for (let seed = 0; seed < networks; seed++) {
    const random = randomNumbers(seed);
    const network = inFloat32(randomConvolutional(random));
    const bounds = crownBounds(network, boxOfConvolutional(random));
    const behind = behindFront(network, bounds);
    if (behind === undefined) continue;
    found++;
    const { boundary } = findFront(layerMaps(network), bounds)!;
    const last = network.layers.at(-1)!;
    if (last.kind !== 'dense') throw new Error('the last layer is dense');
    const [row, bias] = [last.weights, last.bias[0]];
    const form = behind.bounds.input.image!.formBound();
    const least = Array.from({ length: 40 }, () => {
      const bound = form.least(row, { constant: bias, margin: 0 });
      form.climb();
      return bound;
    });
    const { lower, upper } = bounds.input;
    for (let k = 0; k < 100; k++) {
      const inside = randomPoint(random, bounds.input);
      const point = k % 2 === 0 ? inside : lower.map((low, i) => (random() < 0.5 ? low : upper[i]));
      const trace = float32Trace(network, point.map(Math.fround), random);
      const numbers = trace[boundary[0]];
      const value = numbers.reduce((sum, number, i) => sum + row[i] * number, bias);
      for (const bound of least) expect(bound, `network ${seed}`).toBeLessThanOrEqual(value + 1e-12);
    }
    if (Math.max(...least) > bounds.layers.at(-1)!.lower[0] + 1e-9) tighter++;
  }
  expect(found).toBeGreaterThan(0.15 * networks);
  expect(tighter).toBeGreaterThan(0.5 * found);
});

test('a network whose output is in the front has nothing behind it, also if a layer that nothing reads is not', () => {
  const conv = (kernel: number, inputChannels: number, name: string, from: string[]): Layer => ({
    name,
    from,
    kind: 'conv2d',
    inputChannels,
    outputChannels: 2,
    groups: 1,
    kernel: [1, kernel],
    strides: [1, kernel],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    weights: Float64Array.of(1, -1, 1, 1),
    bias: new Float64Array(2),
  });
  const unread: Layer = {
    name: 'unread',
    from: ['flat'],
    kind: 'dense',
    inputs: 48,
    outputs: 1,
    weights: new Float64Array(48).fill(1),
    bias: Float64Array.of(100),
  };
  const layers: Layer[] = [
    conv(2, 1, 'first', ['input']),
    { name: 'units', from: ['first'], kind: 'activation', activation: 'relu' },
    conv(1, 2, 'second', ['units']),
    { name: 'others', from: ['second'], kind: 'activation', activation: 'relu' },
    { name: 'flat', from: ['others'], kind: 'flatten' },
  ];
  const sum: Layer = { ...unread, name: 'sum' };
  const box = { lower: new Float64Array(48).fill(-1), upper: new Float64Array(48).fill(1) };
  const behind = (...last: Layer[]) => {
    const network: Network = { inputShape: [1, 1, 48], layers: [...layers, ...last] };
    return behindFront(network, crownBounds(network, box))?.network.layers.map(({ kind }) => kind);
  };
  expect(behind(sum)).toEqual(['select', 'dense']);
  expect(behind(unread, { name: 'output', from: ['flat'], kind: 'activation', activation: 'relu' })).toBeUndefined();
});
