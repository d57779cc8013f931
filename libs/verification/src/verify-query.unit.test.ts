import { describe, expect, it } from 'vitest';
import { forward, type Network } from '@mipnet/network';
import type { OnnxRuntime } from './onnx-runtime.js';
import { misclassification } from './misclassification.js';
import { query, type Query } from './query.js';
import { ballRegion, boxRegion } from './region.js';
import { verifyQuery, type Proof } from './verify-query.js';

/** Scores (x0, x1): class 0 while x0 is the larger. */
const network: Network = { inputShape: [2], layers: [{ kind: 'flatten' }] };
const runtime: OnnxRuntime = {
  run: async (input) => forward(network, input.map(Math.fround), 1),
  release: async () => undefined,
};
const around = (radius: number, goal: 'any' | 'closest' = 'any') =>
  query(ballRegion({ norm: 'linf', centre: Float64Array.of(0.75, 0.25), radius }), misclassification(0, 2), goal);
const proof = (some: Partial<Proof>) => async (): Promise<Proof> => ({
  robust: false,
  bound: null,
  points: [],
  ...some,
});
const loose = () => Float64Array.of(-1);
const verify = (...[one, steps]: [Parameters<typeof verifyQuery>[2], Parameters<typeof verifyQuery>[3]]) =>
  verifyQuery(network, runtime, one, steps);

describe('verifyQuery', () => {
  it('says misclassified where the centre is, and adversarial for a box', async () => {
    const wrong = query(
      ballRegion({ norm: 'linf', centre: Float64Array.of(0.25, 0.75), radius: 0.1 }),
      misclassification(0, 2),
    );
    expect(await verify(wrong, { attack: false })).toMatchObject({
      verdict: 'misclassified',
      by: 'forward pass',
      best: -0.5,
      witness: { input: Float64Array.of(0.25, 0.75) },
    });
    const box = query(boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1)), misclassification(0, 2));
    expect(await verify(box, {})).toMatchObject({ verdict: 'adversarial', by: 'attack' });
  });

  it('asks the long proof about what the short one leaves open, and keeps the bound over the rest', async () => {
    const rows = [0.1, 0.2].map((constant) => [{ coefficients: Float64Array.of(-1, 1), constant: -constant }]);
    const both = query(boxRegion(Float64Array.of(0.5, 0.25), Float64Array.of(1, 0.5)), rows);
    let asked: Query | undefined;
    const verdict = await verify(both, {
      proveShortly: proof({ bound: -1, left: { open: [1], settledBound: 0.05 }, by: 'branching' }),
      prove: async (_network, rest) => {
        asked = rest;
        return { robust: true, bound: 0.15, points: [], by: 'branching' };
      },
    });
    expect(asked?.unsafe).toEqual([rows[1]]);
    expect(verdict).toMatchObject({ verdict: 'robust', bound: 0.05 });
  });

  it('tries a short attack, then a short proof, before the long ones', async () => {
    let asked = 0;
    const shortly = (some: Partial<Proof>) => async (): Promise<Proof> => {
      asked++;
      return { robust: false, bound: null, points: [], ...some };
    };
    const robust = shortly({ robust: true, bound: 0.25, by: 'branching' });
    expect(await verify(around(0.375), { boundOutputs: loose, proveShortly: robust })).toMatchObject({ by: 'attack' });
    expect(asked).toBe(0);
    expect(await verify(around(0.125), { boundOutputs: loose, proveShortly: robust })).toMatchObject({
      verdict: 'robust',
      by: 'branching',
      bound: 0.25,
    });
    expect(await verify(around(0.125), { boundOutputs: loose, proveShortly: shortly({ bound: 0.1 }) })).toMatchObject({
      verdict: 'unresolved',
      bound: 0.1,
    });
    expect(asked).toBe(2);
    await expect(
      verify(around(0.125), { boundOutputs: loose, proveShortly: shortly({ robust: true, bound: 9 }) }),
    ).rejects.toThrow('a bound of 9 was proven');
  });

  it('goes from bounds to attack to MIP until one decides it', async () => {
    expect(await verify(around(0.125), { boundOutputs: () => Float64Array.of(0.25) })).toMatchObject({
      verdict: 'robust',
      by: 'bounds',
      bound: 0.25,
      witness: undefined,
    });
    expect(await verify(around(0.375), { boundOutputs: loose })).toMatchObject({
      verdict: 'adversarial',
      by: 'attack',
      bound: -1,
      best: -0.25,
      gap: 0.75,
    });
    expect(
      await verify(around(0.125), { boundOutputs: loose, prove: proof({ robust: true, bound: 0.25 }) }),
    ).toMatchObject({ verdict: 'robust', by: 'mip', bound: 0.25, best: 0.25, gap: 0 });
    expect(
      await verify(around(0.375), { attack: false, prove: proof({ points: [Float64Array.of(0.4, 0.5)] }) }),
    ).toMatchObject({ verdict: 'adversarial', by: 'mip' });
    expect(await verify(around(0.125), { boundOutputs: loose, prove: proof({ bound: -0.5 }) })).toMatchObject({
      verdict: 'unresolved',
      by: null,
      bound: -0.5,
      best: 0.25,
      gap: 0.75,
    });
  });

  it('believes no point of a MIP that the replay refuses', async () => {
    const points = [Float64Array.of(0, 1), Float64Array.of(0.7, 0.3), Float64Array.of(1)];
    expect(await verify(around(0.125), { attack: false, prove: proof({ points }) })).toMatchObject({
      verdict: 'unresolved',
      witness: undefined,
    });
    const blind: OnnxRuntime = { ...runtime, run: async () => Float64Array.of(1, 0) };
    expect(await verifyQuery(network, blind, around(0.5), { attack: { restarts: 1 } })).toMatchObject({
      verdict: 'unresolved',
      witness: undefined,
    });
  });

  it('finds the least distance, and proves it', async () => {
    const attacked = await verify(around(0.5, 'closest'), {});
    expect(attacked).toMatchObject({ verdict: 'adversarial', by: 'attack', bound: 0 });
    expect(attacked.best).toBeGreaterThanOrEqual(0.25);
    expect(attacked.best).toBeLessThan(0.26);
    const point = Float64Array.of(0.5, 0.5);
    expect(await verify(around(0.5, 'closest'), { prove: proof({ bound: 0.25, points: [point] }) })).toMatchObject({
      verdict: 'adversarial',
      best: 0.25,
      bound: 0.25,
      gap: 0,
    });
    expect(await verify(around(0.125, 'closest'), { boundOutputs: () => Float64Array.of(0.25) })).toMatchObject({
      verdict: 'robust',
      bound: 0.125,
    });
  });

  it.each([
    ['a proof that a witness contradicts', around(0.375, 'closest'), { prove: proof({ robust: true }) }],
    ['a bound beyond a known point', around(0.125), { prove: proof({ bound: 0.3 }) }],
    ['a bound beyond a known distance', around(0.5, 'closest'), { prove: proof({ bound: 0.3 }) }],
  ])('stops at %s', async (_, one, steps) => {
    await expect(verify(one, steps)).rejects.toMatchObject({ name: 'VerificationError', code: 'certificate' });
  });
});
