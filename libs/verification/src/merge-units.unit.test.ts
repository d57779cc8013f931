import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forward, type Activation, type ActivationName, type Dense, type Network } from '@mipnet/network';
import { loadHighsSolver } from '@mipnet/solver';
import { boundOutputsOf } from './bound-outputs.js';
import { mergeUnits } from './merge-units.js';
import { proveByMip } from './prove-by-mip.js';
import { query } from './query.js';
import { boxRegion } from './region.js';
import { verifyQuery } from './verify-query.js';

const dense = (weights: readonly (readonly number[])[], bias: readonly number[] = weights.map(() => 0)): Dense => ({
  kind: 'dense',
  inputs: weights[0].length,
  outputs: weights.length,
  weights: Float64Array.from(weights.flat()),
  bias: Float64Array.from(bias),
});
const jump = (activation: ActivationName) =>
  ({
    kind: 'activation',
    activation,
    ...(activation === 'ternary' ? { threshold: Number.MIN_VALUE } : {}),
  }) as Activation;
const opposed = dense([
  [1, -1],
  [-1, 1],
]);
const runtimeOf = (network: Network) => ({
  run: (input: Float64Array) => Promise.resolve(forward(network, input.map(Math.fround), 1)),
  release: () => Promise.resolve(),
});

describe('mergeUnits', () => {
  it.each<[string, Network]>([
    ['a black image without bias', { inputShape: [2], layers: [opposed, jump('ternary'), dense([[1, 1]])] }],
    [
      'a dead relu layer',
      {
        inputShape: [2],
        layers: [
          dense(
            [
              [1, 0],
              [0, 1],
            ],
            [-0.5, -0.5],
          ),
          jump('relu'),
          opposed,
          jump('ternary'),
          dense([[1, 1]]),
        ],
      },
    ],
  ])('sign(a) + sign(-a) is proven to be 0, also where a is exactly 0: %s', async (_, network) => {
    const asked = query(boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1)), [
      [{ coefficients: Float64Array.of(1), constant: -0.5 }],
    ]);
    const steps = (of: Network) =>
      loadHighsSolver().then((solver) => ({
        boundOutputs: boundOutputsOf(of),
        attack: { iterations: 10, evaluations: 100 },
        prove: proveByMip(solver),
      }));
    const plain = await verifyQuery(network, runtimeOf(network), asked, await steps(network));
    expect(plain.verdict).toBe('unresolved');
    const merged = mergeUnits(network);
    expect(await verifyQuery(merged, runtimeOf(network), asked, await steps(merged))).toMatchObject({
      verdict: 'robust',
      bound: expect.closeTo(0.5, 9),
    });
  });

  it('changes no output', () => {
    const layer = (inputs: number, outputs: number, some = [-2, -1, 0, 1]) =>
      fc
        .tuple(
          fc.array(fc.array(fc.constantFrom(...some), { minLength: inputs, maxLength: inputs }), {
            minLength: outputs,
            maxLength: outputs,
          }),
          fc.array(fc.constantFrom(0, 0, 1), { minLength: outputs, maxLength: outputs }),
        )
        .map(([weights, bias]) => dense(weights, bias));
    const activation = fc.constantFrom('sign' as const, 'step' as const, 'ternary' as const);
    let changed = 0;
    fc.assert(
      fc.property(
        layer(2, 6, [-2, -1, 0, 1, 0.3]),
        activation,
        layer(6, 8),
        activation,
        layer(8, 2),
        fc.array(fc.constantFrom(0, 0.25, 0.3, -1), { minLength: 2, maxLength: 2 }),
        (...[a, first, b, second, c, input]) => {
          const network: Network = { inputShape: [2], layers: [a, jump(first), b, jump(second), c] };
          const merged = mergeUnits(network);
          if (JSON.stringify(merged) !== JSON.stringify(network)) changed++;
          // Adding 0 makes minus zero zero.
          expect(forward(merged, Float64Array.from(input), 1).map((value) => value + 0)).toEqual(
            forward(network, Float64Array.from(input), 1).map((value) => value + 0),
          );
        },
      ),
      { numRuns: 300 },
    );
    expect(changed).toBeGreaterThan(30);
  });

  it.each<[string, readonly Network['layers'][number][]]>([
    [
      'three terms, whose sum depends on the order',
      [
        dense([
          [1, -1, 1],
          [-1, 1, -1],
        ]),
        jump('ternary'),
        dense([[1, 1]]),
      ],
    ],
    [
      'a weight that is no power of two, whose product may be rounded or fused',
      [
        dense([
          [0.3, -1, 0],
          [-0.3, 1, 0],
        ]),
        jump('ternary'),
        dense([[1, 1]]),
      ],
    ],
    [
      'a next layer that rounds',
      [
        dense([
          [1, -1, 0],
          [-1, 1, 0],
        ]),
        jump('ternary'),
        dense([[0.1, 0.1]]),
      ],
    ],
    [
      'opposite units before a sign of two values',
      [
        dense([
          [1, -1, 0],
          [-1, 1, 0],
        ]),
        jump('sign'),
        dense([[1, 1]]),
      ],
    ],
  ])('leaves alone: %s', (_, layers) => {
    const network: Network = { inputShape: [3], layers };
    expect(mergeUnits(network)).toEqual(network);
  });
});
