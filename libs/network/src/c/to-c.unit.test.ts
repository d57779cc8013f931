import { describe, expect, it } from 'vitest';
import type { Network } from '../network.js';
import { assignBuffers } from './buffers.js';
import { toC } from './to-c.js';

const network = (weight: number): Network => ({
  inputShape: [2],
  layers: [
    { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, -1, weight, 0), bias: Float64Array.of(0, 0.5) },
  ],
});

describe('the text of a C file', () => {
  it('has ternary weights as terms that are added or subtracted', () => {
    const text = toC(network(-1), { name: 'a net', classes: ['no', 'yes'], inputs: ['age', 'height'] });
    expect(text).toContain('static const int8_t layer0_terms[3] = {\n  0, -2, -1,\n};');
    expect(text).toContain('int a_net_classify(const float *input)');
    expect(text).toContain('#define A_NET_CLASSES 2');
    expect(text).toContain(' *   1: height');
    expect(text).not.toContain('layer0_weights');
  });

  it('has integer weights as integers, and real ones as float', () => {
    expect(toC(network(200), { name: 'n' })).toContain('static const int16_t layer0_weights[4] = {\n  1, -1, 200, 0,');
    expect(toC(network(0.5), { name: 'n' })).toContain('static const float layer0_weights[4] =');
  });

  it('is the same for the same network', () => {
    expect(toC(network(1), { name: 'n' })).toBe(toC(network(1), { name: 'n' }));
  });

  it('refuses numbers that are no float32 numbers, and names that are not as many as the classes', () => {
    expect(() => toC(network(0.1), { name: 'n' })).toThrow('layer 0 (dense): weights[2] is 0.1, which is no float32');
    expect(() => toC(network(1), { name: 'n', classes: ['a'] })).toThrow('1 names of classes for a network of 2');
  });
});

describe('buffers of layers', () => {
  it('are two for a chain, and as large as needed', () => {
    expect(assignBuffers([3, 5, 4, 9], [[], [0], [1], [2]])).toEqual({ of: [0, 1, 0, 1], sizes: [4, 9] });
  });

  it('stay while a later layer reads them', () => {
    expect(assignBuffers([3, 3, 3, 3, undefined], [[], [0], [1], [0, 2], [3]])).toEqual({
      of: [0, 1, 2, 1, undefined],
      sizes: [3, 3, 3],
    });
  });
});
