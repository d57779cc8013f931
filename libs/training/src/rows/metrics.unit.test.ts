import { describe, expect, test } from 'vitest';
import { metricsOf } from './metrics.js';

describe('metrics', () => {
  test('of two classes, by hand', () => {
    // True classes 0 0 0 1 1, predicted 0 0 1 1 0.
    const metrics = metricsOf({ scores: [-2, -1, 1, 2, -0.5], labels: [0, 0, 0, 1, 1], classes: 2, threshold: 0 })!;
    expect(metrics.confusion).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect(metrics.accuracy).toBeCloseTo(3 / 5, 12);
    expect(metrics.balancedAccuracy).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
    expect(metrics.f1).toBeCloseTo((4 / 6 + 2 / 4) / 2, 12);
    // Pairs of a positive and a negative row, the positive ahead: 2 is ahead of all three, -0.5 of two.
    expect(metrics.auc).toBeCloseTo(5 / 6, 12);
  });

  test('are the same for one score and for two opposite ones', () => {
    const labels = [0, 1, 1, 0, 1, 0];
    const one = [0.5, -1, 2, -3, 0.5, -1];
    const two = one.flatMap((score) => [-score, score]);
    expect(metricsOf({ scores: two, labels, classes: 2, threshold: 0 })).toEqual(
      metricsOf({ scores: one, labels, classes: 2, threshold: 0 }),
    );
  });

  test('of three classes are means over the classes that occur', () => {
    const scores = [3, 2, 1, 1, 2, 3, 3, 1, 2, 0, 1, 0];
    const metrics = metricsOf({ scores, labels: [0, 2, 0, 2], classes: 3, threshold: 0 })!;
    expect(metrics.confusion).toEqual([
      [2, 0, 0],
      [0, 0, 0],
      [0, 1, 1],
    ]);
    expect(metrics.balancedAccuracy).toBeCloseTo(0.75, 12);
    expect(metrics.f1).toBeCloseTo((1 + 2 / 3) / 2, 12);
    // Class 0: 3, 3 against 1, 0. Class 2: 3, 0 against 1, 2, of which 3 is ahead of both and 0 of none.
    expect(metrics.auc).toBeCloseTo((1 + 0.5) / 2, 12);
  });

  test('ties count half, and constant scores are worth nothing', () => {
    const metrics = metricsOf({ scores: [1, 1, 1, 1], labels: [0, 1, 1, 0], classes: 2, threshold: 0 })!;
    expect(metrics.auc).toBe(0.5);
    expect(metrics.accuracy).toBe(0.5);
  });

  test('rows of one class have no area under a curve', () => {
    const metrics = metricsOf({ scores: [1, -1], labels: [1, 1], classes: 2, threshold: 0 })!;
    expect([metrics.auc, metrics.accuracy, metrics.balancedAccuracy]).toEqual([null, 0.5, 0.5]);
  });

  test('without rows there are none', () => {
    expect(metricsOf({ scores: [], labels: [], classes: 2, threshold: 0 })).toBeNull();
  });
});
