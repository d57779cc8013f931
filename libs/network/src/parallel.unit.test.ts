import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forward } from './forward.js';
import type { Dense, Layer, Network } from './network.js';
import { append, parallel } from './parallel.js';
import { kindOf } from './layers/registry.js';
import { randomInputs, randomNetwork } from './testing/random-network.js';

const dense = (inputs: number, outputs: number, seed: number): Dense => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: Float64Array.from({ length: inputs * outputs }, (_, index) => ((index * 5 + seed * 7) % 3) - 1),
  bias: Float64Array.from({ length: outputs }, (_, index) => index - seed / 2),
});
const sign: Layer = { kind: 'activation', activation: 'sign' };

/** Another network of the same structure: every parameter shifted. */
function varied(network: Network, shift: number): Network {
  const layers = network.layers.map((layer) => {
    const moved = kindOf(layer)
      .parameters(layer)
      .map(([name, array]) => [name, array.map((value, index) => value + ((shift * (index + 1)) % 7) / 8)]);
    return { ...layer, ...Object.fromEntries(moved) } as Layer;
  });
  return { ...network, layers };
}

describe('parallel', () => {
  it('assembles 45 pair neurons and their votes into one 784-45-10 network', () => {
    const pairs = Array.from({ length: 45 }, (_, seed): Network => ({
      inputShape: [784],
      layers: [dense(784, 1, seed), sign],
    }));
    const votes = dense(45, 10, 1);
    const network = append(parallel(pairs), [votes]);
    expect(
      network.layers.map((layer) => (layer.kind === 'dense' ? [layer.inputs, layer.outputs] : layer.kind)),
    ).toEqual([[784, 45], 'activation', [45, 10]]);
    const image = Float64Array.from({ length: 784 }, (_, index) => (index % 11) / 10);
    const signs = Float64Array.from(pairs, (pair) => forward(pair, image, 1)[0]);
    expect(forward(network, image, 1)).toEqual(forward({ inputShape: [45], layers: [votes] }, signs, 1));
  });

  it('makes later dense layers block-diagonal and lets widths differ', () => {
    const narrow: Network = { inputShape: [3], layers: [dense(3, 1, 0), sign, dense(1, 1, 2)] };
    const wide: Network = { inputShape: [3], layers: [dense(3, 2, 1), sign, dense(2, 2, 3)] };
    const last = parallel([narrow, wide]).layers[2] as Dense;
    const [a, b] = [narrow.layers[2] as Dense, wide.layers[2] as Dense];
    expect([...last.weights]).toEqual([
      a.weights[0],
      0,
      0,
      0,
      b.weights[0],
      b.weights[1],
      0,
      b.weights[2],
      b.weights[3],
    ]);
  });

  it('keeps a common prefix once, and still gives identical networks their outputs', () => {
    const prefix = [dense(4, 3, 5), sign];
    const heads = [1, 2].map((seed): Network => ({ inputShape: [4], layers: [...prefix, dense(3, 1, seed)] }));
    expect((parallel(heads).layers[0] as Dense).outputs).toBe(3);
    const twice = parallel([heads[0], heads[0]]);
    const input = Float64Array.of(1, 2, 3, 4);
    const [output] = forward(heads[0], input, 1);
    expect([...forward(twice, input, 1)]).toEqual([output, output]);
  });

  it('concatenates the outputs of random networks', () => {
    const affine = randomNetwork.filter(({ layers }) => {
      const fork = layers.findIndex((layer) => layer.kind === 'dense' || layer.kind === 'conv2d');
      const layer = layers[fork];
      return (
        layer !== undefined &&
        !(layer.kind === 'conv2d' && layer.groups > 1) &&
        !layers.slice(0, fork).some((before) => before.kind === 'scale')
      );
    });
    const cases = affine.chain((network) => fc.tuple(fc.constant(network), randomInputs(network, 3)));
    fc.assert(
      fc.property(cases, ([network, inputs]) => {
        const networks = [network, varied(network, 1), varied(network, 2)];
        const each = networks.map((one) => forward(one, inputs, 3));
        const joined = forward(parallel(networks), inputs, 3);
        const expected = [0, 1, 2].flatMap((sample) =>
          each.flatMap((output) => [
            ...output.subarray((sample * output.length) / 3, ((sample + 1) * output.length) / 3),
          ]),
        );
        expect([...joined]).toEqual(expected);
      }),
    );
  });

  it.each<[string, Network[], string, RegExp]>([
    ['nothing', [], 'value', /no network/],
    [
      'other inputs',
      [
        { inputShape: [3], layers: [dense(3, 1, 0)] },
        { inputShape: [2], layers: [dense(2, 1, 0)] },
      ],
      'shape',
      /network 1 has input shape \[2\]/,
    ],
    [
      'another depth',
      [
        { inputShape: [3], layers: [dense(3, 1, 0), sign] },
        { inputShape: [3], layers: [dense(3, 1, 1)] },
      ],
      'shape',
      /network 1 has 1 layers/,
    ],
    [
      'another kind of layer',
      [
        { inputShape: [3], layers: [dense(3, 1, 0), sign] },
        { inputShape: [3], layers: [dense(3, 1, 1), { kind: 'flatten' }] },
      ],
      'shape',
      /layer 1 \(activation\): network 1 has a layer of kind flatten/,
    ],
    [
      'another activation',
      [
        { inputShape: [3], layers: [dense(3, 1, 0), sign] },
        { inputShape: [3], layers: [dense(3, 1, 1), { kind: 'activation', activation: 'relu' }] },
      ],
      'unsupported',
      /other settings/,
    ],
    [
      'no affine layer',
      [
        { inputShape: [3], layers: [sign] },
        { inputShape: [3], layers: [sign] },
      ],
      'unsupported',
      /no dense or convolution/,
    ],
  ])('refuses %s', (_, networks, code, message) => {
    expect(() => parallel(networks)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('appends only layers that fit', () => {
    const network: Network = { inputShape: [3], layers: [dense(3, 2, 0)] };
    expect(() => append(network, [dense(3, 1, 0)])).toThrow(expect.objectContaining({ code: 'shape', layer: 1 }));
  });
});
