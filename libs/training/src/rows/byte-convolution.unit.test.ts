import { seededRandom } from '@mipnet/dataset';
import { forward, type Conv2d, type Layer, type Network, type Pool2d } from '@mipnet/network';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteConvolution } from './byte-convolution.js';

const scale = 1 / 255;
const step: Layer = { kind: 'activation', activation: 'step' };

interface Case {
  readonly seed: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly most: number;
  readonly pool: 'averagePool2d' | 'maxPool2d' | null;
}

function layersOf({ seed, channels, filters, kernel, stride, pad, most, pool }: Case): Layer[] {
  const random = seededRandom(seed);
  const convolution: Conv2d = {
    kind: 'conv2d',
    inputChannels: channels,
    outputChannels: filters,
    groups: 1,
    kernel: [kernel, kernel],
    strides: [stride, stride],
    dilations: [1, 1],
    pads: [pad, 0, pad, pad],
    weights: Float64Array.from(
      { length: filters * channels * kernel * kernel },
      () => random.integer(2 * most + 1) - most,
    ),
    bias: Float64Array.from({ length: filters }, () => (random.integer(2 * 255 * 6) - 255 * 6 + 0.5) * scale),
  };
  const pooling: Pool2d[] =
    pool === null ? [] : [{ kind: pool, kernel: [2, 3], strides: [2, 2], pads: [0, 0, 0, 0], countIncludePad: true }];
  return [convolution, step, ...pooling, { kind: 'flatten' }];
}

test('the same outputs as the forward pass', () => {
  const cases = fc.record<Case>({
    seed: fc.nat(1e6),
    channels: fc.integer({ min: 1, max: 2 }),
    filters: fc.integer({ min: 1, max: 14 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 2 }),
    pad: fc.integer({ min: 0, max: 1 }),
    most: fc.integer({ min: 1, max: 2 }),
    pool: fc.constantFrom('averagePool2d', 'maxPool2d', null),
  });
  fc.assert(
    fc.property(cases, (shape) => {
      const network: Network = { inputShape: [shape.channels, 9, 11], layers: layersOf(shape) };
      const random = seededRandom(shape.seed, 'images');
      const bytes = Uint8Array.from({ length: 3 * shape.channels * 99 }, () =>
        random.integer(3) === 0 ? random.integer(256) : 0,
      );
      const fast = byteConvolution(network.layers, network.inputShape, scale)!;
      const exact = forward(
        network,
        Float64Array.from(bytes, (byte) => byte * scale),
        3,
      );
      const stored = fast.run(bytes, 3);
      expect(stored.length).toBe(3 * fast.outputs);
      // A third of a window is no float64; its count is exact.
      expect(Array.from(stored)).toEqual(Array.from(exact, (value) => Math.round(value / fast.scale)));
      stored.forEach((count, at) => expect(count * fast.scale).toBeCloseTo(exact[at], 12));
    }),
    { numRuns: 60 },
  );
});

test('sums at their limits: all pixels white, all weights of one sign, thresholds beyond reach', () => {
  for (const [weight, bias] of [
    [1, -49.5 * scale],
    [-1, 48.998],
    [1, -1e6 - 0.5 * scale],
    [-1, 1e6 + 0.5 * scale],
    [1, 0.5 * scale],
  ]) {
    const layers = layersOf({ seed: 1, channels: 1, filters: 4, kernel: 7, stride: 1, pad: 0, most: 1, pool: null });
    const convolution = {
      ...(layers[0] as Conv2d),
      weights: new Float64Array(4 * 49).fill(weight),
      bias: new Float64Array(4).fill(bias),
    };
    const network: Network = { inputShape: [1, 9, 9], layers: [convolution, step] };
    const fast = byteConvolution(network.layers, network.inputShape, scale)!;
    for (const byte of [0, 255]) {
      const bytes = new Uint8Array(81).fill(byte);
      expect(Array.from(fast.run(bytes, 1))).toEqual(
        Array.from(
          forward(
            network,
            Float64Array.from(bytes, (stored) => stored * scale),
            1,
          ),
        ),
      );
    }
  }
});

test('other layers, weights off the integers and biases on the grid are left to the forward pass', () => {
  const base: Case = { seed: 2, channels: 1, filters: 2, kernel: 3, stride: 1, pad: 0, most: 1, pool: null };
  const [convolution, ...rest] = layersOf(base) as [Conv2d, ...Layer[]];
  const of = (...layers: readonly Layer[]): unknown => byteConvolution(layers, [1, 9, 9], scale);
  expect(of(convolution, ...rest)).not.toBeNull();
  expect(of({ ...convolution, weights: convolution.weights.map((weight) => weight / 2) }, ...rest)).toBeNull();
  expect(of({ ...convolution, bias: convolution.bias.map(() => 3 * scale) }, ...rest)).toBeNull();
  expect(of({ ...convolution, weights: convolution.weights.map((weight) => 9 * weight) }, ...rest)).toBeNull();
  expect(of(convolution, { kind: 'activation', activation: 'sign' })).toBeNull();
  expect(of(convolution)).toBeNull();
  expect(of(convolution, step, convolution)).toBeNull();
});
