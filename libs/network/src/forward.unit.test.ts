import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmax, classify } from './classify.js';
import { forward, forwardPass, forwardTrace } from './forward.js';
import type { Conv2d, Layer, Network, Pool2d } from './network.js';
import type { Activation, ActivationName } from './activations/registry.js';
import { NetworkError } from './network-error.js';
import { inputSize, networkShapes } from './shapes.js';
import { sizeOf } from './shape.js';
import { randomInputs, randomNetwork } from './testing/random-network.js';

const numbers = (...list: number[]) => Float64Array.from(list);
const run = (inputShape: number[], layer: Layer, input: number[]) => [
  ...forward({ inputShape, layers: [layer] }, numbers(...input), 1),
];
const ones = (length: number) => new Float64Array(length).fill(1);
const count1to9 = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const conv = (changes: Partial<Conv2d>): Conv2d => ({
  kind: 'conv2d',
  inputChannels: 1,
  outputChannels: 1,
  groups: 1,
  kernel: [2, 2],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  weights: ones(4),
  bias: numbers(0),
  ...changes,
});
const pool = (kind: Pool2d['kind'], changes: Partial<Pool2d> = {}): Pool2d => ({
  kind,
  kernel: [2, 2],
  strides: [1, 1],
  pads: [0, 0, 0, 0],
  countIncludePad: false,
  ...changes,
});

describe('forward', () => {
  it('computes a dense layer', () => {
    const layer: Layer = {
      kind: 'dense',
      inputs: 3,
      outputs: 2,
      weights: numbers(1, 0, -2, 0.5, 3, 0),
      bias: numbers(10, -1),
    };
    expect(run([3], layer, [1, 2, 3])).toEqual([10 + 1 - 6, -1 + 0.5 + 6]);
  });

  it('keeps the bias of a convolution', () => {
    expect(run([1, 3, 3], conv({ bias: numbers(5) }), count1to9)).toEqual([17, 21, 29, 33]);
  });

  it('strides, pads and dilates a convolution', () => {
    // Padded on top and left; taps two apart: corners at (r, c) and (r+2, c+2) of the 4 x 4 padded image.
    expect(run([1, 3, 3], conv({ dilations: [2, 2], pads: [1, 1, 0, 0] }), count1to9)).toEqual([
      5,
      4 + 6,
      2 + 8,
      1 + 3 + 7 + 9,
    ]);
    expect(run([1, 3, 3], conv({ strides: [2, 2], pads: [0, 0, 1, 1] }), count1to9)).toEqual([12, 9, 15, 9]);
  });

  it('keeps the groups of a convolution apart', () => {
    const layer = conv({
      inputChannels: 2,
      outputChannels: 2,
      groups: 2,
      kernel: [1, 1],
      weights: numbers(2, 3),
      bias: numbers(0, 1),
    });
    expect(run([2, 1, 2], layer, [1, 2, 3, 4])).toEqual([2, 4, 10, 13]);
  });

  it('pads a max pool with minus infinity, not with zero', () => {
    const minus = count1to9.map((value) => -value);
    expect(run([1, 3, 3], pool('maxPool2d', { pads: [1, 1, 0, 0], strides: [2, 2] }), minus)).toEqual([-1, -2, -4, -5]);
  });

  it('counts padded cells of an average pool only when asked', () => {
    const layer = (countIncludePad: boolean) =>
      pool('averagePool2d', { pads: [1, 1, 0, 0], strides: [2, 2], countIncludePad });
    expect(run([1, 3, 3], layer(true), count1to9)).toEqual([1 / 4, 5 / 4, 11 / 4, 28 / 4]);
    expect(run([1, 3, 3], layer(false), count1to9)).toEqual([1, 2.5, 5.5, 7]);
  });

  it('scales by one number, by channel and by element', () => {
    const scale = (factor: number[], offset: number[]): Layer => ({
      kind: 'scale',
      factor: numbers(...factor),
      offset: numbers(...offset),
    });
    expect(run([2, 1, 2], scale([2], [1]), [1, 2, 3, 4])).toEqual([3, 5, 7, 9]);
    expect(run([2, 1, 2], scale([1, -1], [0, 1, 2, 3]), [1, 2, 3, 4])).toEqual([1, 3, -1, -1]);
  });

  it('rounds half up to multiples of 1/levels', () => {
    expect(run([5], { kind: 'quantize', levels: 4 }, [0.124, 0.125, -0.125, -0.126, 1])).toEqual([
      0, 0.25, 0, -0.25, 1,
    ]);
  });

  it.each<[ActivationName, number[]]>([
    ['relu', [0, 0, 0, 0.5, 2]],
    ['step', [0, 0, 1, 1, 1]],
    ['sign', [-1, -1, 1, 1, 1]],
    ['ternary', [-1, -1, 0, 1, 1]],
  ])('computes %s, boundary included', (activation, expected) => {
    expect(run([5], { kind: 'activation', activation, threshold: 0.5 } as Activation, [-2, -0.5, 0, 0.5, 2])).toEqual(
      expected,
    );
  });

  it('agrees, bit for bit, with the trace and with any batch size', () => {
    const cases = randomNetwork.chain((network) => fc.tuple(fc.constant(network), randomInputs(network, 7)));
    fc.assert(
      fc.property(cases, ([network, inputs]) => {
        const size = inputSize(network);
        const outputs = forward(network, inputs, 7);
        const shapes = networkShapes(network);
        for (let sample = 0; sample < 7; sample++) {
          const trace = forwardTrace(network, inputs.subarray(sample * size, (sample + 1) * size));
          expect(trace.map((output) => output.length)).toEqual(shapes.map(sizeOf));
          const each = outputs.length / 7;
          expect(outputs.subarray(sample * each, (sample + 1) * each)).toEqual(
            trace.at(-1) ?? inputs.subarray(sample * size, (sample + 1) * size),
          );
        }
      }),
    );
  });

  it('takes batches larger than a chunk, and none at all', () => {
    const pass = forwardPass({
      inputShape: [1],
      layers: [
        { kind: 'scale', factor: numbers(2), offset: numbers(1) },
        { kind: 'activation', activation: 'relu' },
      ],
    });
    const many = Float64Array.from({ length: 300_001 }, (_, index) => index);
    expect(pass(many, many.length).every((value, index) => value === 2 * index + 1)).toBe(true);
    expect(pass(new Float64Array(0), 0)).toHaveLength(0);
    expect([...pass(numbers(3), 1)]).toEqual([7]);
  });

  it.each<[string, Float64Array, number, string]>([
    ['a wrong length', numbers(1, 2, 3), 2, 'shape'],
    ['inputs that are not finite', numbers(1, NaN), 1, 'value'],
    ['half a sample', numbers(1), 0.5, 'value'],
  ])('refuses %s', (_, inputs, count, code) => {
    const network: Network = { inputShape: [2], layers: [] };
    expect(() => forward(network, inputs, count)).toThrow(expect.objectContaining({ name: 'NetworkError', code }));
  });
});

describe('classify', () => {
  it('takes the largest score, the lowest class among equals', () => {
    expect([...argmax(numbers(1, 3, 3, 0, 0, 0), 3)]).toEqual([1, 0]);
    expect(() => argmax(numbers(1, 2, 3), 2)).toThrow(NetworkError);
  });

  it('reads one output as a binary answer', () => {
    const layer = (activation: ActivationName): Network => ({
      inputShape: [1],
      layers: [{ kind: 'activation', activation } as Activation],
    });
    expect([...classify(layer('sign'), numbers(-1, 0, 1), 3)]).toEqual([0, 1, 1]);
    expect([...classify(layer('step'), numbers(-1, 0, 1), 3)]).toEqual([0, 1, 1]);
    expect([...classify(layer('sign'), numbers(), 0)]).toEqual([]);
  });
});
