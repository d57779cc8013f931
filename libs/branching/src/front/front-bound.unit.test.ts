import { crownBounds } from '@mipnet/bounds';
import { float32Trace } from '@mipnet/bounds/testing/float32-pass';
import { between, randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { inFloat32, layerMaps, type Layer, type Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { behindFront } from './behind-front.js';
import { findFront } from './find-front.js';

const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 60);

const units: readonly Layer[] = [
  { kind: 'activation', activation: 'relu' },
  { kind: 'activation', activation: 'leakyRelu', slope: 0.25 },
  { kind: 'activation', activation: 'clip', low: -0.5, high: 0.5 },
  { kind: 'activation', activation: 'step' },
  { kind: 'activation', activation: 'sign' },
];

/**
 * A row of 7 numbers, filters on 3 neighbours, units, the largest of each filter and its neighbour, filters of the same
 * place and units again; then one number of all.
 */
function convolutional(random: () => number): Network {
  const draw = (count: number) => Float64Array.from({ length: count }, () => Math.round(between(random, -4, 4)) / 2);
  const conv = (from: number, to: number, width: number): Layer => ({
    kind: 'conv2d',
    inputChannels: from,
    outputChannels: to,
    groups: 1,
    kernel: [1, width],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    weights: draw(to * from * width),
    bias: draw(to),
  });
  const pick = (): Layer => units[Math.floor(random() * units.length)];
  const pool: Layer = { kind: 'maxPool2d', kernel: [1, 2], strides: [1, 2], pads: [0, 0, 0, 0], countIncludePad: false };
  const isPooled = random() < 0.5;
  return {
    inputShape: [1, 1, 8],
    layers: [
      conv(1, 3, 3),
      pick(),
      ...(isPooled ? [pool] : []),
      conv(3, 3, 1),
      pick(),
      { kind: 'flatten' },
      { kind: 'dense', inputs: isPooled ? 9 : 18, outputs: 1, weights: draw(isPooled ? 9 : 18), bias: draw(1) },
    ],
  };
}

const boxOf = (random: () => number) => {
  const lower = Float64Array.from({ length: 8 }, () => Math.round(between(random, -4, 4)) / 4);
  return { lower, upper: lower.map((low) => low + (random() < 0.8 ? between(random, 0, 0.8) : 0)) };
};

test('bounds of random fronts hold for float32 passes, and are above those unit by unit', () => {
  let [found, tighter] = [0, 0];
  for (let seed = 0; seed < networks; seed++) {
    const random = randomNumbers(seed);
    const network = inFloat32(convolutional(random));
    const bounds = crownBounds(network, boxOf(random));
    const behind = behindFront(network, bounds);
    if (behind === undefined) continue;
    found++;
    const { boundary } = findFront(layerMaps(network), bounds)!;
    const last = layerMaps(network).at(-1)!;
    const row = last.kind === 'affine' ? last.values : new Float64Array(0);
    const bias = last.kind === 'affine' ? last.bias[0] : 0;
    const form = behind.bounds.input.image!.formBound();
    const least = Array.from({ length: 40 }, () => {
      const bound = form.least(row, { constant: bias, margin: 0 });
      form.climb();
      return bound;
    });
    for (let k = 0; k < 200; k++) {
      const trace = float32Trace(network, randomPoint(random, bounds.input).map(Math.fround), random);
      const numbers = trace[boundary[0]];
      const value = numbers.reduce((sum, number, i) => sum + row[i] * number, bias);
      for (const bound of least) expect(bound, `network ${seed}`).toBeLessThanOrEqual(value + 1e-12);
    }
    if (Math.max(...least) > bounds.layers.at(-1)!.lower[0] + 1e-9) tighter++;
  }
  expect(found).toBeGreaterThan(0.4 * networks);
  expect(tighter).toBeGreaterThan(0.5 * found);
});
