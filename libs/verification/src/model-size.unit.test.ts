import type { Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { describe, expect, it } from 'vitest';
import { isModest, modelSizeOf, requireVerifiable } from './model-size.js';
import { networkModel } from './network-model.js';
import { proveByMip } from './prove-by-mip.js';
import { boxRegion } from './region.js';
import type { Query } from './query.js';

/** inputs -> hidden relus -> 1, all weights 0 but the last ones. */
function wide(inputs: number, hidden: number): Network {
  const dense = (from: number, to: number, value: number) =>
    ({
      kind: 'dense',
      inputs: from,
      outputs: to,
      weights: new Float64Array(from * to).fill(value),
      bias: new Float64Array(to),
    }) as const;
  return {
    inputShape: [inputs],
    layers: [dense(inputs, hidden, 0), { kind: 'activation', activation: 'relu' }, dense(hidden, 1, 1)],
  };
}

/** Nothing may be asked of it. */
const noSolver = new Proxy({} as SessionSolver, {
  get: (_, name) => {
    throw new Error(`the solver's ${String(name)} was used`);
  },
});

describe('a network whose MIP would be too large', () => {
  const network = wide(4096, 2049);
  const region = boxRegion(new Float64Array(4096), new Float64Array(4096).fill(1));

  it('is counted before anything is made', () => {
    expect(modelSizeOf(network)).toEqual({ numbers: 4096 + 2 * 2049 + 1, nonZeros: 4097 * 2049 + 2049 });
    expect(isModest(modelSizeOf(network))).toBe(false);
    expect(isModest(modelSizeOf(wide(4096, 2047)))).toBe(true);
    expect(() => networkModel(network, region)).toThrow(
      'the MIP of the network would be about 8,195 numbers with 8,396,802 non-zeros; at most about 262,144',
    );
  });

  // y = 0 everywhere: y >= 0 holds, but only at the edge, so that neither bounds nor branching exclude it.
  const unsafe = [[{ coefficients: Float64Array.of(1), constant: -1e-9 }]];

  it.each(['any', 'closest'] as const)(
    'is left undecided with the reason, and no solver is asked: %s',
    async (goal) => {
      const ball = { norm: 'linf', centre: new Float64Array(4096), radius: 1 } as const;
      const query: Query = { region: { ...region, ball }, unsafe, goal };
      let left = 2;
      const proof = await proveByMip(noSolver, { remaining: () => (left -= 0.05), branching: false })(
        network,
        query,
        ball.centre,
      );
      expect(proof).toMatchObject({
        robust: false,
        reason:
          'its MIP would be about 8,195 numbers with 8,396,802 non-zeros, which is too large; only ' +
          'bounds, branching and attacks were tried',
      });
    },
  );

  it('is refused from the size at which nothing could be verified', () => {
    expect(() => requireVerifiable(network)).not.toThrow();
    expect(() => requireVerifiable(wide(8192, 8193))).toThrow(
      'a forward pass of the network takes 67,133,442 multiplications; at most 67,108,864 can be verified',
    );
  });
});
