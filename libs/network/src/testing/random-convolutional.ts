import type { Layer, Network } from '../network.js';

const between = (random: () => number, low: number, high: number): number => low + (high - low) * random();

const units: readonly Layer[] = [
  { kind: 'activation', activation: 'relu' },
  { kind: 'activation', activation: 'leakyRelu', slope: 0.25 },
  { kind: 'activation', activation: 'clip', low: -0.5, high: 0.5 },
  { kind: 'activation', activation: 'step' },
  { kind: 'activation', activation: 'sign' },
];

/** How many inputs: so many that no group has all undecided units. */
const length = 24;

/**
 * A row of numbers, filters on 3 neighbours, units, the largest of each filter and its neighbour, filters of the same
 * place and units again; then one number of all.
 */
export function randomConvolutional(random: () => number): Network {
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
  const pool: Layer = {
    kind: 'maxPool2d',
    kernel: [1, 2],
    strides: [1, 2],
    pads: [0, 0, 0, 0],
    countIncludePad: false,
  };
  const isPooled = random() < 0.5;
  const inputs = 3 * (isPooled ? (length - 2) / 2 : length - 2);
  return {
    inputShape: [1, 1, length],
    layers: [
      conv(1, 3, 3),
      pick(),
      ...(isPooled ? [pool] : []),
      conv(3, 3, 1),
      pick(),
      { kind: 'flatten' },
      { kind: 'dense', inputs, outputs: 1, weights: draw(inputs), bias: draw(1) },
    ],
  };
}

export const boxOfConvolutional = (random: () => number) => {
  const lower = Float64Array.from({ length }, () => Math.round(between(random, -4, 4)) / 4);
  return { lower, upper: lower.map((low) => low + (random() < 0.8 ? between(random, 0, 0.8) : 0)) };
};
