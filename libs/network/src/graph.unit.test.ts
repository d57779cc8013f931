import { describe, expect, it } from 'vitest';
import { forward, forwardPass, forwardTrace, tracePass } from './forward.js';
import { isChain, readersOf, requireChain, sourcesOf } from './graph.js';
import { layerMaps } from './layer-map.js';
import type { Layer, Network } from './network.js';
import { parallel } from './parallel.js';
import { networkShapes } from './shapes.js';

const dense = (weights: readonly number[], outputs: number): Layer => ({
  kind: 'dense',
  inputs: weights.length / outputs,
  outputs,
  weights: Float64Array.from(weights),
  bias: new Float64Array(outputs),
});
const relu: Layer = { kind: 'activation', activation: 'relu' };

/** relu(W x) + x, beside x */
const residual: Network = {
  inputShape: [2],
  layers: [
    dense([1, 1, 1, -1], 2),
    { ...relu, name: 'main' },
    { kind: 'add', name: 'sum', from: ['main', 'input'] },
    { kind: 'concat', from: ['sum', 'input'] },
  ],
};
const input = Float64Array.of(1, 3, -2, 0.5);

describe('a network with branches', () => {
  it('reads what its layers name, and the layer before where they name nothing', () => {
    expect(sourcesOf(residual)).toEqual([[-1], [0], [1, -1], [2, -1]]);
    expect(readersOf(residual)).toEqual([[1], [2], [3], []]);
    expect(networkShapes(residual)).toEqual([[2], [2], [2], [4]]);
    expect(isChain(residual)).toBe(false);
    expect(isChain({ layers: residual.layers.slice(0, 2) })).toBe(true);
  });

  it('computes sums and puts branches side by side, sample by sample', () => {
    expect([...forward(residual, input, 2)]).toEqual([4 + 1, 0 + 3, 1, 3, 0 - 2, 0 + 0.5, -2, 0.5]);
    expect(forwardTrace(residual, input.subarray(0, 2)).map((values) => [...values])).toEqual([
      [4, -2],
      [4, 0],
      [5, 3],
      [5, 3, 1, 3],
    ]);
    expect([...tracePass(residual)(input, 2)[2]]).toEqual([5, 3, -2, 0.5]);
  });

  it('gives the same numbers in any batch', () => {
    const many = Float64Array.from({ length: 2 * 300_000 }, (_, i) => ((i * 7) % 31) / 8 - 2);
    const whole = forwardPass(residual)(many, 300_000);
    for (const sample of [0, 131_071, 299_999])
      expect([...whole.subarray(sample * 4, sample * 4 + 4)]).toEqual([
        ...forward(residual, many.subarray(sample * 2, sample * 2 + 2), 1),
      ]);
  });

  it('puts the channels of images side by side', () => {
    const network: Network = {
      inputShape: [1, 1, 2],
      layers: [
        { kind: 'scale', factor: Float64Array.of(2), offset: Float64Array.of(0), name: 'double' },
        { kind: 'concat', from: ['input', 'double', 'input'] },
      ],
    };
    expect(networkShapes(network)[1]).toEqual([3, 1, 2]);
    expect([...forward(network, Float64Array.of(5, 7), 1)]).toEqual([5, 7, 10, 14, 5, 7]);
  });

  it('has maps on the outputs of all sources, one after the other', () => {
    const [, , sum, side] = layerMaps(residual);
    expect(sum).toMatchObject({ kind: 'affine', inputs: 4, outputs: 2, isSum: true, sources: [1, -1] });
    expect(sum.kind === 'affine' && [...sum.indices]).toEqual([0, 2, 1, 3]);
    expect(side).toMatchObject({ kind: 'identity', inputs: 4, sources: [2, -1] });
  });

  it.each<[string, readonly Layer[], RegExp]>([
    [
      'a name that no earlier layer has',
      [
        { ...relu, from: ['later'] },
        { ...relu, name: 'later' },
      ],
      /'later'.*no earlier/,
    ],
    [
      'a name that is taken',
      [
        { ...relu, name: 'a' },
        { ...relu, name: 'a' },
      ],
      /'a' is taken/,
    ],
    ['a layer named input', [{ ...relu, name: 'input' }], /'input' is taken/],
    ['a layer that reads nothing', [{ ...relu, from: [] }], /reads no layer/],
    [
      'an activation of two layers',
      [relu, { ...relu, from: ['input', 'input'] }],
      /reads 2 layers; put an add or a concat/,
    ],
    [
      'a sum of two shapes',
      [
        { ...dense([1, 1], 1), name: 'a' },
        { kind: 'add', from: ['a', 'input'] },
      ],
      /\[1\] and \[2\]/,
    ],
  ])('refuses %s', (_, layers, message) => {
    expect(() => networkShapes({ inputShape: [2], layers })).toThrow(message);
  });

  it('is refused where only a chain makes sense', () => {
    expect(() => requireChain(residual, 'this')).toThrow(/this only works on a chain/);
    expect(() => parallel([residual, residual])).toThrow(/side by side only works on a chain/);
  });
});
