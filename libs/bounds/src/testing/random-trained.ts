import {
  activations as registered,
  outputShape,
  sizeOf,
  type ActivationName,
  type Layer,
  type Network,
  type Shape,
} from '@mipnet/network';
import type { Box } from '../box.js';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: () => number, low: number, high: number): number => low + (high - low) * random();
export const integerBetween = (random: () => number, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * random());
const pick = <T>(random: () => number, list: readonly T[]): T => list[integerBetween(random, 0, list.length - 1)];

/** Some weights are zero, and sizes differ by orders of magnitude, as in a trained network. */
function weights(random: () => number, length: number): Float64Array {
  return Float64Array.from({ length }, () =>
    random() < 0.1 ? 0 : between(random, -1, 1) * 10 ** between(random, -1, 0.5),
  );
}

export function randomDense(random: () => number, inputs: number, outputs: number): Layer {
  return { kind: 'dense', inputs, outputs, weights: weights(random, inputs * outputs), bias: weights(random, outputs) };
}

export interface RandomTrainedOptions {
  /** @default all that are registered, relu twice as often */
  readonly activations?: readonly ActivationName[];
  /** @default false */
  readonly quantize?: boolean;
  /** Most activation layers. @default 3 */
  readonly depth?: number;
}

const names = Object.keys(registered) as ActivationName[];

/** A small network of the given layer kinds, on a vector or an image of at most 27 pixels; ends with a dense layer. */
export function randomTrained(
  random: () => number,
  { activations = ['relu', ...names], quantize = false, depth = 3 }: RandomTrainedOptions = {},
): Network {
  const inputShape: Shape = random() < 0.6 ? [integerBetween(random, 1, 5)] : [integerBetween(random, 1, 2), 3, 3];
  const layers: Layer[] = [];
  let shape = inputShape;
  const add = (layer: Layer) => {
    shape = outputShape(layer, shape);
    layers.push(layer);
  };
  for (let left = integerBetween(random, 1, depth); left > 0; left--) {
    if (shape.length === 3 && Math.min(shape[1], shape[2]) >= 2)
      add(pick(random, [convolution, pool, pool])(random, shape));
    else {
      if (shape.length > 1) add({ kind: 'flatten' });
      add(randomDense(random, shape[0], integerBetween(random, 1, 4)));
    }
    if (random() < 0.2) add({ kind: 'scale', factor: weights(random, shape[0]), offset: weights(random, 1) });
    if (quantize && random() < 0.3) add({ kind: 'quantize', levels: integerBetween(random, 1, 9) });
    add(registered[pick(random, activations)].draw(random));
  }
  if (shape.length > 1) add({ kind: 'flatten' });
  add(randomDense(random, shape[0], 2));
  return { inputShape, layers };
}

function convolution(random: () => number, shape: Shape): Layer {
  const groups = pick(random, [1, shape[0]]);
  const outputChannels = groups * integerBetween(random, 1, 2);
  const kernel = [2, integerBetween(random, 1, 2)] as const;
  return {
    kind: 'conv2d',
    inputChannels: shape[0],
    outputChannels,
    groups,
    kernel,
    strides: [integerBetween(random, 1, 2), 1],
    dilations: [1, 1],
    pads: [integerBetween(random, 0, 1), 0, 0, integerBetween(random, 0, 1)],
    weights: weights(random, outputChannels * (shape[0] / groups) * kernel[0] * kernel[1]),
    bias: weights(random, outputChannels),
  };
}

function pool(random: () => number): Layer {
  const kind = pick(random, ['maxPool2d', 'averagePool2d'] as const);
  return {
    kind,
    kernel: [2, 2],
    strides: [2, 1],
    pads: [1, 0, 0, 1],
    countIncludePad: kind === 'averagePool2d' && random() < 0.5,
  };
}

/** A box of any width, even zero; some inputs are known. */
export function randomBox(random: () => number, network: Network): Box {
  const size = sizeOf(network.inputShape);
  const width = 10 ** between(random, -1.5, 0.5);
  const lower = Float64Array.from({ length: size }, () => between(random, -1, 1) - width / 2);
  return { lower, upper: lower.map((low) => (random() < 0.2 ? low : low + width * random())) };
}

/** A point of the box; every second one has all inputs at an end. */
export function randomPoint(random: () => number, { lower, upper }: Box): Float64Array {
  const atEnds = random() < 0.5;
  return lower.map((low, i) =>
    atEnds ? (random() < 0.5 ? low : upper[i]) : Math.min(upper[i], low + random() * (upper[i] - low)),
  );
}
