import { inFloat32, roundToFloat32, type Layer } from '@mipnet/network';
import type { Box, NetworkBounds } from '../box.js';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import { randomBox, randomNumbers, randomPoint, randomTrained } from './random-trained.js';

const scale = (factor: number, offset: number): Layer => ({
  kind: 'scale',
  factor: Float64Array.of(factor),
  offset: Float64Array.of(offset),
});

/**
 * A random network, box and generator; a quarter of the networks has branches. In half of them a large number is added
 * and taken away again, so that float32 loses most of what passes by.
 */
export function float32Draw(seed: number) {
  const random = randomNumbers(seed);
  const plain = seed % 4 === 1 ? randomGraph(random) : randomTrained(random, { quantize: seed % 3 === 0 });
  const layers = [...plain.layers];
  const large = 10 ** (2 + 6 * random());
  if (seed % 2 === 0)
    layers.splice(Math.floor(random() * (layers.length + 1)), 0, scale(1, -large), scale(1 + random(), large));
  const network = inFloat32(roundToFloat32({ ...plain, layers }));
  const { lower, upper } = randomBox(random, network);
  const box: Box = {
    lower: lower.map(Math.fround),
    upper: upper.map((high, i) => Math.max(Math.fround(lower[i]), Math.fround(high))),
  };
  return { random, network, box };
}

/** A point of the box whose numbers are float32. */
export const float32Point = (random: () => number, { lower, upper }: Box) =>
  randomPoint(random, { lower, upper }).map((value, i) => Math.min(upper[i], Math.max(lower[i], Math.fround(value))));

/** The first computed number outside its bounds, as a sentence; undefined if all lie inside. */
export function outsideBounds({ layers }: NetworkBounds, trace: readonly Float64Array[]): string | undefined {
  for (const [k, values] of trace.entries()) {
    const { lower, upper } = layers[k];
    const i = values.findIndex((value, unit) => !(lower[unit] <= value && value <= upper[unit]));
    if (i >= 0) return `unit ${i} of layer ${k} is ${values[i]}, outside [${lower[i]}, ${upper[i]}]`;
  }
  return undefined;
}
