import { describe, expect, it } from 'vitest';
import type { Layer, Network } from './network.js';
import { NetworkError } from './network-error.js';
import { inputSize, networkShapes, outputSize, validateNetwork } from './shapes.js';

const dense = (inputs: number, outputs: number): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: new Float64Array(inputs * outputs),
  bias: new Float64Array(outputs),
});
const conv = (changes: object = {}): Layer => ({
  kind: 'conv2d',
  inputChannels: 2,
  outputChannels: 4,
  groups: 2,
  kernel: [3, 3],
  strides: [2, 1],
  dilations: [1, 2],
  pads: [1, 0, 1, 0],
  weights: new Float64Array(36),
  bias: new Float64Array(4),
  ...changes,
});
const pool = (changes: object = {}): Layer => ({
  kind: 'maxPool2d',
  kernel: [2, 2],
  strides: [2, 2],
  pads: [0, 0, 0, 0],
  countIncludePad: false,
  ...changes,
});
const error = (network: Network) => {
  try {
    validateNetwork(network);
  } catch (thrown) {
    return thrown as NetworkError;
  }
  throw new Error('the network was accepted');
};

describe('shapes', () => {
  it('follows an image through convolution, pool, flatten and dense', () => {
    const network: Network = { inputShape: [2, 8, 9], layers: [conv(), pool(), { kind: 'flatten' }, dense(16, 3)] };
    expect(networkShapes(network)).toEqual([[4, 4, 5], [4, 2, 2], [16], [3]]);
    expect([inputSize(network), outputSize(network)]).toEqual([144, 3]);
  });

  it.each<[string, Network, string, RegExp, number | undefined]>([
    [
      'a dense layer of another width',
      { inputShape: [4], layers: [dense(4, 3), dense(2, 1)] },
      'shape',
      /layer 1 \(dense\).*takes 2 inputs, but gets 3/,
      1,
    ],
    ['a dense layer on an image', { inputShape: [1, 2, 2], layers: [dense(4, 3)] }, 'shape', /flatten/, 0],
    [
      'too few weights',
      { inputShape: [2, 8, 9], layers: [conv({ weights: new Float64Array(35) })] },
      'shape',
      /weights has 35 numbers, not 36/,
      0,
    ],
    ['groups that do not divide', { inputShape: [2, 8, 9], layers: [conv({ groups: 3 })] }, 'shape', /3 groups/, 0],
    [
      'a kernel larger than the image',
      { inputShape: [2, 8, 4], layers: [conv()] },
      'shape',
      /reaches over 5 columns, but the padded input has 4/,
      0,
    ],
    [
      'a pool padded by a whole kernel',
      { inputShape: [1, 4, 4], layers: [pool({ pads: [2, 0, 0, 0] })] },
      'shape',
      /smaller than the kernel/,
      0,
    ],
    ['a stride of zero', { inputShape: [1, 4, 4], layers: [pool({ strides: [0, 1] })] }, 'value', /strides/, 0],
    [
      'a scale of odd length',
      { inputShape: [2, 2, 2], layers: [{ kind: 'scale', factor: new Float64Array(3), offset: new Float64Array(1) }] },
      'shape',
      /needs 1, 2 or 8/,
      0,
    ],
    [
      'levels that are not an integer',
      { inputShape: [2], layers: [{ kind: 'quantize', levels: 2.5 }] },
      'value',
      /levels is 2.5/,
      0,
    ],
    [
      'ternary without threshold',
      { inputShape: [2], layers: [{ kind: 'activation', activation: 'ternary' } as Layer] },
      'value',
      /threshold/,
      0,
    ],
    [
      'an unknown activation',
      { inputShape: [2], layers: [{ kind: 'activation', activation: 'tanh' as 'relu' }] },
      'unsupported',
      /tanh/,
      0,
    ],
    ['an unknown kind', { inputShape: [2], layers: [{ kind: 'lstm' } as unknown as Layer] }, 'unsupported', /lstm/, 0],
    [
      'a weight that is not a number',
      { inputShape: [1], layers: [{ ...dense(1, 1), bias: Float64Array.of(NaN) } as Layer] },
      'value',
      /bias\[0\] is NaN/,
      0,
    ],
    ['no input', { inputShape: [0], layers: [] }, 'shape', /input shape/, undefined],
  ])('refuses %s', (_, network, code, message, layer) => {
    const thrown = error(network);
    expect(thrown).toBeInstanceOf(NetworkError);
    expect(thrown.code).toBe(code);
    expect(thrown.message).toMatch(message);
    expect(thrown.layer).toBe(layer);
  });
});
