import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainOf, inDomain, networkDomain, nonZeroCount, parameterCount, parseDomain, weightBound } from './domain.js';
import type { Network } from './network.js';

describe('weight domain', () => {
  it('reads the four domains and their bounds', () => {
    expect(['ternary', 'binary', 'integer(15)', 'real'].map((text) => weightBound(parseDomain(text)))).toEqual([
      1,
      1,
      15,
      Infinity,
    ]);
  });

  it.each(['', 'Ternary', 'integer', 'integer(0)', 'integer(-2)', 'integer(1.5)', 'integer(99999999999999999999)'])(
    'refuses %j',
    (text) => {
      expect(() => parseDomain(text)).toThrow(
        expect.objectContaining({ code: 'value', message: expect.stringContaining(`'${text}'`) }),
      );
    },
  );

  it('finds the smallest domain', () => {
    expect([[1, -1], [1, 0], [0], [2, -3], [0.5, 1], [NaN]].map(domainOf)).toEqual([
      'binary',
      'ternary',
      'ternary',
      'integer(3)',
      'real',
      'real',
    ]);
  });

  it('puts weights in the domain found for them, and in no smaller one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
          maxLength: 6,
        }),
        (weights) => {
          const domain = domainOf(weights);
          expect(inDomain(weights, domain)).toBe(true);
          const order = ['binary', 'ternary', 'integer(2)', 'integer(3)', 'real'] as const;
          const smaller = order.slice(0, Math.max(0, order.indexOf(domain as (typeof order)[number])));
          expect(smaller.filter((candidate) => inDomain(weights, candidate))).toEqual([]);
        },
      ),
    );
  });

  it('lets nothing infinite into any domain', () => {
    expect([
      inDomain([Infinity], 'real'),
      inDomain([NaN], 'real'),
      inDomain([0], 'binary'),
      inDomain([2], 'ternary'),
    ]).toEqual([false, false, false, false]);
  });

  it('counts parameters of affine layers, biases included in the counts but not in the domain', () => {
    const network: Network = {
      inputShape: [2],
      layers: [
        { kind: 'scale', factor: Float64Array.of(0.5), offset: Float64Array.of(0.25) },
        { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(0, -1), bias: Float64Array.of(0.5) },
      ],
    };
    expect([parameterCount(network), nonZeroCount(network), networkDomain(network)]).toEqual([3, 2, 'ternary']);
  });
});
