import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forward, networkShapes, outputSize, type Layer, type Network } from '@mipnet/network';
import { backwardPass, layerBackward } from './backward.js';
import { prepareScore } from './score.js';

const numbers = (length: number, seed: number): Float64Array => {
  let state = seed * 2654435761 + 1;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
};

/** Difference quotient of gradient . outputs with respect to every input. */
function quotients(network: Network, inputs: Float64Array, gradient: Float64Array, step = 1e-6): Float64Array {
  const value = (x: Float64Array) => forward(network, x, 1).reduce((sum, y, j) => sum + gradient[j] * y, 0);
  return inputs.map((_, i) => {
    const moved = (by: number) => inputs.map((x, k) => (k === i ? x + by : x));
    return (value(moved(step)) - value(moved(-step))) / (2 * step);
  });
}

function traceOf(network: Network, inputs: Float64Array, count: number): Float64Array[] {
  const shapes = [network.inputShape, ...networkShapes(network)];
  return network.layers.reduce(
    (trace, layer, index) => [
      ...trace,
      forward({ inputShape: shapes[index], layers: [layer] }, trace[trace.length - 1], count),
    ],
    [inputs],
  );
}

const conv = (seed: number, more: Partial<Extract<Layer, { kind: 'conv2d' }>>): Layer => ({
  kind: 'conv2d',
  inputChannels: 2,
  outputChannels: 4,
  groups: 2,
  kernel: [3, 2],
  strides: [2, 1],
  dilations: [1, 2],
  pads: [1, 0, 2, 1],
  weights: numbers(4 * 3 * 2, seed),
  bias: numbers(4, seed + 1),
  ...more,
});
const pool = (kind: 'maxPool2d' | 'averagePool2d', countIncludePad = false): Layer => ({
  kind,
  kernel: [3, 2],
  strides: [2, 1],
  pads: [1, 1, 0, 1],
  countIncludePad,
});
const relu: Layer = { kind: 'activation', activation: 'relu' };
const dense = (inputs: number, outputs: number, seed: number): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: numbers(inputs * outputs, seed),
  bias: numbers(outputs, seed + 1),
});

describe('backwardPass', () => {
  it.each<[string, readonly number[], Layer[]]>([
    ['dense', [7], [dense(7, 5, 1)]],
    ['conv2d with groups, strides, pads and dilations', [2, 7, 6], [conv(1, {})]],
    ['conv2d without groups', [2, 7, 6], [conv(1, { groups: 1, weights: numbers(48, 3), strides: [1, 2] })]],
    ['maxPool2d', [2, 7, 6], [pool('maxPool2d')]],
    ['averagePool2d', [2, 7, 6], [pool('averagePool2d')]],
    ['averagePool2d counting pads', [2, 7, 6], [pool('averagePool2d', true)]],
    ['scale by one number', [2, 3, 3], [{ kind: 'scale', factor: numbers(1, 4), offset: numbers(18, 5) }]],
    ['scale by channel', [2, 3, 3], [{ kind: 'scale', factor: numbers(2, 4), offset: numbers(1, 5) }]],
    ['scale by element', [2, 3, 3], [{ kind: 'scale', factor: numbers(18, 4), offset: numbers(2, 5) }]],
    ['relu', [9], [relu]],
    [
      'a whole network',
      [2, 7, 6],
      [
        conv(1, { strides: [1, 1] }),
        relu,
        pool('averagePool2d'),
        { kind: 'flatten' },
        dense(96, 8, 7),
        relu,
        dense(8, 3, 9),
      ],
    ],
  ])('agrees with difference quotients, sample by sample: %s', (_, inputShape, layers) => {
    const network: Network = { inputShape, layers };
    const size = inputShape.reduce((product, extent) => product * extent, 1);
    const outputs = outputSize(network);
    const inputs = numbers(3 * size, 11);
    const gradient = numbers(3 * outputs, 13);
    const result = backwardPass(network)(traceOf(network, inputs, 3), gradient, 3);
    for (let sample = 0; sample < 3; sample++) {
      const expected = quotients(
        network,
        inputs.slice(sample * size, (sample + 1) * size),
        gradient.slice(sample * outputs, (sample + 1) * outputs),
      );
      expected.forEach((value, i) => expect(result[sample * size + i]).toBeCloseTo(value, 5));
    }
  });

  it.each(['sign', 'step', 'ternary'] as const)(
    'of %s is larger near a jump than far from it, and never turns its sign',
    (activation) => {
      const layer: Layer = { kind: 'activation', activation, threshold: 1 };
      fc.assert(
        fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 6 }), (tenths) => {
          const input = Float64Array.from(tenths, (value) => value / 10);
          const gradient = input.map((_, i) => (i % 2 === 0 ? 1 : -1));
          const result = layerBackward(
            layer,
            [input.length],
            [input.length],
          )({ input, output: input, gradient, count: 1 });
          const away = input.map((value) =>
            activation === 'ternary' ? Math.abs(Math.abs(value) - 1) : Math.abs(value),
          );
          for (let i = 0; i < input.length; i++) {
            expect(Math.sign(result[i])).toBe(gradient[i]);
            for (let k = 0; k < input.length; k++)
              if (away[i] < away[k] - 1e-9) expect(Math.abs(result[i])).toBeGreaterThan(Math.abs(result[k]));
          }
        }),
      );
    },
  );

  it('follows the row that decides the conjunction', () => {
    const network: Network = { inputShape: [2], layers: [{ kind: 'flatten' }] };
    const aim = [
      { coefficients: Float64Array.of(1, 0), constant: 0 },
      { coefficients: Float64Array.of(0, -1), constant: 0 },
    ];
    const { gradient } = prepareScore(network).ascent(Float64Array.of(1, 2, -5, 2), 2, [aim, aim]);
    expect([...gradient]).toEqual([0, -1, 1, 0]);
  });
});
