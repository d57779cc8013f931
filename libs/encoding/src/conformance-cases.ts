// Tested by conformance.unit.test.ts.
import { activations, piecesOf } from '@mipnet/network';
import type { Activation, ActivationName, Layer, Network, Shape } from '@mipnet/network';
import type { Box } from '@mipnet/bounds';

/** A network that is so small that every assignment of its binaries can be tried at every corner of its box. */
export interface ConformanceCase {
  readonly name: string;
  readonly network: Network;
  readonly box: Box;
}

const dense = (inputs: number, outputs: number, weights: readonly number[], bias: readonly number[]): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
});
const activation = (name: ActivationName, threshold?: number): Layer =>
  ({ kind: 'activation', activation: name, ...(threshold !== undefined && { threshold }) }) as Layer;
const relu = activation('relu');

/** Inputs in [-1, 1] but for those of `known`. */
function around(size: number, known: Readonly<Record<number, number>> = {}): Box {
  return {
    lower: Float64Array.from({ length: size }, (_, i) => known[i] ?? -1),
    upper: Float64Array.from({ length: size }, (_, i) => known[i] ?? 1),
  };
}

const named = (name: string, inputShape: Shape, layers: readonly Layer[], box: Box): ConformanceCase => ({
  name,
  network: { inputShape, layers },
  box,
});

const twoOfThree = dense(3, 2, [1.3, -0.7, 0.45, -0.9, 1.1, 0.6], [0.17, -0.31]);
const image: Shape = [1, 3, 3];
/** Only three corners of the image are unknown. */
const corners = around(9, { 1: 0.3, 3: -0.4, 4: 0.1, 5: 0.2, 7: -0.6, 8: 0.35 });

/** Every registered activation, undecided on every break, and again on numbers without a column of their own. */
const everyActivation = Object.entries(activations).flatMap(([name, kind]) =>
  [0.1, 0.5, 0.9].map((number) => {
    const drawn: Activation = kind.draw(() => number);
    const { breaks } = piecesOf(drawn);
    const reach = 1 + Math.max(...breaks.map(({ at }) => Math.abs(at)));
    return named(
      `${name}, drawn from ${number}`,
      [2],
      [
        dense(2, 2, [0.7 * reach, -0.4 * reach, 0.3 * reach, 0.8 * reach], [0.05, -0.1]),
        drawn,
        dense(2, 2, [1, -0.6, 0.4, 0.9], [0.1, -0.2]),
        relu,
      ],
      around(2),
    );
  }),
);

export const conformanceCases: readonly ConformanceCase[] = [
  ...everyActivation,
  named('relu: two neurons of three inputs', [3], [twoOfThree, relu], around(3)),
  named(
    'relu: one neuron always active, one never, one open',
    [2],
    [dense(2, 3, [0.5, 0.4, 0.5, 0.4, 0.5, -0.4], [2, -2, 0.1]), relu],
    around(2),
  ),
  named(
    'relu: two layers',
    [2],
    [
      dense(2, 2, [1, 0.8, -0.6, 1.1], [0.1, 0.2]),
      relu,
      dense(2, 2, [1.2, -1, 0.7, 0.9], [-0.3, -0.8]),
      relu,
      dense(2, 1, [1, -1], [0.5]),
    ],
    around(2),
  ),
  named('relu: an input is known', [3], [twoOfThree, relu], around(3, { 1: 0.25 })),
  named('relu: all inputs are known', [2], [dense(2, 1, [1, 2], [0.5]), relu], around(2, { 0: 0.5, 1: -0.5 })),
  named('step', [3], [twoOfThree, activation('step')], around(3)),
  named('sign', [3], [twoOfThree, activation('sign'), dense(2, 1, [1, 1.5], [0.2])], around(3)),
  named('ternary with a threshold', [3], [twoOfThree, activation('ternary', 0.8)], around(3)),
  named(
    'ternary that can only be 0 or 1',
    [2],
    [dense(2, 1, [0.5, 0.3], [0.5]), activation('ternary', 0.6)],
    around(2),
  ),
  named(
    'scale for each channel',
    [2, 1, 2],
    [{ kind: 'scale', factor: Float64Array.of(2, -0.5), offset: Float64Array.of(0.1, 0.3) }, relu],
    around(4),
  ),
  named(
    'scale by zero',
    [2],
    [{ kind: 'scale', factor: Float64Array.of(0, 1), offset: Float64Array.of(0.4, -0.2) }, relu],
    around(2),
  ),
  named(
    'convolution with bias and padding',
    image,
    [
      {
        kind: 'conv2d',
        inputChannels: 1,
        outputChannels: 1,
        groups: 1,
        kernel: [2, 2],
        strides: [2, 2],
        dilations: [1, 1],
        pads: [1, 0, 0, 1],
        weights: Float64Array.of(1, -0.6, 0.7, 0.9),
        bias: Float64Array.of(0.15),
      },
      relu,
    ],
    corners,
  ),
  named(
    'convolution with groups and dilation',
    [2, 3, 1],
    [
      {
        kind: 'conv2d',
        inputChannels: 2,
        outputChannels: 2,
        groups: 2,
        kernel: [2, 1],
        strides: [1, 1],
        dilations: [2, 1],
        pads: [0, 0, 0, 0],
        weights: Float64Array.of(1, -0.6, 0.7, 0.9),
        bias: Float64Array.of(0.15, -0.2),
      },
      relu,
    ],
    around(6, { 1: 0.5, 4: 0.5 }),
  ),
  named(
    'max pool of negative numbers with padding',
    image,
    [
      { kind: 'scale', factor: Float64Array.of(0.5), offset: Float64Array.of(-3) },
      { kind: 'maxPool2d', kernel: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], countIncludePad: false },
    ],
    corners,
  ),
  named(
    'max pool with inputs that never win',
    [1, 2, 2],
    [{ kind: 'maxPool2d', kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], countIncludePad: false }],
    {
      lower: Float64Array.of(0.2, -1, 0, 0.1),
      upper: Float64Array.of(1, 0.1, 0.4, 0.2),
    },
  ),
  named(
    'max pool of relu',
    [1, 2, 2],
    [
      {
        kind: 'conv2d',
        inputChannels: 1,
        outputChannels: 1,
        groups: 1,
        kernel: [1, 1],
        strides: [1, 1],
        dilations: [1, 1],
        pads: [0, 0, 0, 0],
        weights: Float64Array.of(1),
        bias: Float64Array.of(-0.2),
      },
      relu,
      { kind: 'maxPool2d', kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], countIncludePad: false },
    ],
    around(4, { 2: 0.3, 3: 0.45 }),
  ),
  named(
    'average pool, padding counted',
    image,
    [{ kind: 'averagePool2d', kernel: [2, 2], strides: [2, 2], pads: [1, 0, 0, 1], countIncludePad: true }, relu],
    corners,
  ),
  named(
    'average pool, padding not counted',
    image,
    [{ kind: 'averagePool2d', kernel: [2, 2], strides: [2, 2], pads: [1, 0, 0, 1], countIncludePad: false }, relu],
    corners,
  ),
  named(
    'quantize of known inputs',
    [2],
    [{ kind: 'quantize', levels: 4 }, dense(2, 1, [1, 1], [0]), relu],
    around(2, { 0: 0.3, 1: -0.7 }),
  ),
  named(
    'quantize of unknown inputs',
    [2],
    [{ kind: 'quantize', levels: 4 }, dense(2, 1, [1, -1], [0.1]), relu],
    around(2, { 0: 0.3, 1: -0.2 }),
  ),
  named(
    'quantize behind a layer, 3 levels',
    [2],
    [dense(2, 2, [1, 0.5, -0.5, 1], [0.05, 0]), { kind: 'quantize', levels: 3 }, dense(2, 1, [1, 1], [-0.2]), relu],
    around(2, { 0: 0.4, 1: 0.2 }),
  ),
  named(
    'flatten',
    image,
    [{ kind: 'flatten' }, dense(9, 1, [1, 0, -1, 0, 0.5, 0, 0.7, 0, -0.2], [0.1]), relu],
    corners,
  ),
];
