import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmax, classify, type Network } from '@mipnet/network';
import { hasIntegerScores, misclassification, misclassificationOf, targeted } from './misclassification.js';
import { isUnsafe, query, requireFit, unsafeValue } from './query.js';
import { boxRegion } from './region.js';

const scores = fc
  .array(fc.integer({ min: -2, max: 2 }), { minLength: 4, maxLength: 4 })
  .map((list) => Float64Array.from(list));

describe('misclassification', () => {
  it('is what classify says when ties go to the lowest class, and counts every tie otherwise', () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: 0, max: 3 }), (y, label) => {
        expect(isUnsafe(misclassification(label, 4, 'lowest'), y)).toBe(argmax(y, 4)[0] !== label);
        expect(isUnsafe(misclassification(label, 4), y)).toBe(y.some((score, c) => c !== label && score >= y[label]));
      }),
    );
  });

  it.each(['sign', 'step', undefined] as const)('is what classify says for one output behind %s', (activation) => {
    const network: Network = {
      inputShape: [1],
      layers: activation === undefined ? [{ kind: 'flatten' }] : [{ kind: 'activation', activation }],
    };
    for (const x of [-1, -0.25, 0, 0.25, 1]) {
      const y = Float64Array.of(
        activation === 'sign' ? (x >= 0 ? 1 : -1) : activation === 'step' ? (x >= 0 ? 1 : 0) : x,
      );
      for (const label of [0, 1]) {
        expect(isUnsafe(misclassificationOf(network, label, 'lowest'), y)).toBe(
          classify(network, Float64Array.of(x), 1)[0] !== label,
        );
      }
    }
  });

  it('keeps half a vote between the two sides of a tie of votes', () => {
    const votes = (weights: Float64Array, activation: 'sign' | 'relu'): Network => ({
      inputShape: [2],
      layers: [
        { kind: 'activation', activation },
        { kind: 'dense', inputs: 2, outputs: 4, weights, bias: new Float64Array(4) },
      ],
    });
    const network = votes(Float64Array.of(1, 0, 0, 1, -1, 0, 1, 1), 'sign');
    expect(
      [network, votes(new Float64Array(8).fill(0.5), 'sign'), votes(new Float64Array(8).fill(1), 'relu')].map(
        hasIntegerScores,
      ),
    ).toEqual([true, false, false]);
    for (const ties of ['lowest', 'unsafe'] as const)
      fc.assert(
        fc.property(scores, fc.integer({ min: 0, max: 3 }), (y, label) => {
          const [plain, kept] = [misclassification(label, 4, ties), misclassificationOf(network, label, ties)];
          expect(isUnsafe(kept, y)).toBe(isUnsafe(plain, y));
          expect(Math.abs(unsafeValue(kept, y))).toBeGreaterThanOrEqual(0.5);
        }),
      );
  });

  it('aims at one class that beats each other one by a factor', () => {
    const rows = targeted(2, 3);
    expect(isUnsafe(rows, Float64Array.of(1, -4, 1.2))).toBe(true);
    expect(isUnsafe(rows, Float64Array.of(1, 1.1, 1.2))).toBe(false);
    expect(unsafeValue(rows, Float64Array.of(1, 0, 2))).toBeCloseTo(0.8, 12);
  });

  it('refuses classes that are none, rows that do not fit, and closest in a box', () => {
    const box = boxRegion(Float64Array.of(0), Float64Array.of(1));
    const error = expect.objectContaining({ name: 'VerificationError', code: 'query' });
    expect(() => misclassification(4, 4)).toThrow(error);
    expect(() => query(box, [...targeted(0, 2), ...targeted(0, 3)])).toThrow(error);
    expect(() => query(box, targeted(0, 2), 'closest')).toThrow(error);
    expect(() => requireFit(query(box, targeted(0, 2)), 1, 3)).toThrow(error);
    expect(() => requireFit(query(box, targeted(0, 2)), 2, 2)).toThrow(error);
  });
});
