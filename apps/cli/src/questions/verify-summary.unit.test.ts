import { expect, test } from 'vitest';
import type { VerifyReport, VerifyResult } from './verify-report.js';
import { summaryOf } from './verify-summary.js';

const result: VerifyResult = {
  image: 0,
  row: null,
  label: 7,
  class: '7',
  verdict: 'robust',
  by: 'bounds',
  seconds: 0.12,
  bound: 1.5,
  best: 2.5,
  settled: true,
  reason: null,
  open: null,
  witness: null,
};
const report = (results: readonly VerifyResult[], more: Partial<Omit<VerifyReport, 'results'>> = {}): VerifyReport => ({
  network: 'net.onnx',
  goal: 'feasibility',
  epsilon: 0.02,
  norm: 'linf',
  unit: 'votes',
  run: null,
  workflowId: null,
  uiUrl: null,
  results,
  totals: {
    queries: results.length,
    robust: 1,
    adversarial: 1,
    misclassified: 1,
    unresolved: 1,
    reused: 0,
    seconds: 3,
    accuracy: 0.75,
    certifiedAccuracy: 0.25,
    attackFreeAccuracy: 0.5,
  },
  ...more,
});
const linesOf = (...args: Parameters<typeof report>): string[] =>
  summaryOf(report(...args))
    .trimEnd()
    .split('\n');

test('says accuracies as papers quote them, and of each verdict only the numbers that say something, with their unit', () => {
  expect(
    linesOf([
      result,
      {
        ...result,
        image: 1,
        verdict: 'adversarial',
        by: 'attack',
        bound: -4.92,
        best: -0.5,
        witness: 'out/image-1.npy',
      },
      { ...result, image: 2, verdict: 'misclassified', by: 'forward pass', bound: null, best: -3 },
      {
        ...result,
        image: 3,
        verdict: 'unresolved',
        by: null,
        bound: -0.25,
        best: 0.75,
        settled: false,
        reason: 'rounding decides',
        open: {
          undecided: 3,
          units: 20,
          layers: [{ layer: 0, undecided: 3, of: 20 }],
          nodes: 0,
          seconds: { attack: 1 },
          most: { step: 'attack', share: 1 },
        },
      },
    ]),
  ).toEqual([
    '1 robust, 1 adversarial, 1 misclassified, 1 unresolved of 4 in 3.0 s',
    '  certified accuracy 25.00% (1 of 4) at linf 0.02, attack-free accuracy 50.00% (2 of 4), ' +
      'accuracy on these images 75.00% (3 of 4)',
    '  image 0 (class 7): robust by bounds, margin at least 1.500 votes, 0.1 s',
    '  image 1 (class 7): adversarial by attack, 0.1 s, out/image-1.npy',
    '  image 2 (class 7): misclassified by forward pass, 0.1 s',
    '  image 3 (class 7): unresolved, margin at least -0.2500 (proven) and at most 0.7500 (seen) votes, ' +
      '0.1 s, rounding decides',
    '    open: 3 of 20 units undecided, bound -0.2500, 100% of the time in attack',
  ]);
});

test('closest: a nearest witness that is not proven is an interval', () => {
  const near = { ...result, verdict: 'adversarial', by: 'mip', bound: 0.0063363, best: 0.0063366 } as const;
  const [, , proven, open, none] = linesOf(
    [near, { ...near, bound: 0.0125, best: 0.09995, settled: false }, { ...result, bound: 0.6 }],
    { goal: 'closest', unit: 'distance' },
  );
  expect(proven).toBe('  image 0 (class 7): adversarial by mip, nearest 0.006337 (proven: at least 0.006336), 0.1 s');
  expect(open).toBe('  image 0 (class 7): adversarial by mip, nearest is open: between 0.01250 and 0.09995, 0.1 s');
  expect(none).toBe('  image 0 (class 7): robust by bounds, nothing within 0.6000 (proven), 0.1 s');
});

test('rows of a table: their number, what a witness changes, and distances in their unit', () => {
  const row = { ...result, image: null, row: 3, label: 1, class: '1' };
  const changes = { age: [39, 41], job: ['clerk', 'sales'] } as const;
  const [, totals, first, second] = linesOf(
    [{ ...row, verdict: 'adversarial', by: 'attack', bound: null, changes }, row],
    { epsilon: '0.1sd,job=any' },
  );
  expect(totals).toContain('at linf 0.1sd,job=any, attack-free accuracy 50.00% (1 of 2), accuracy on these rows');
  expect(first).toBe('  row 3 (class 1): adversarial by attack, age 39 -> 41, job clerk -> sales, 0.1 s');
  expect(second).toBe('  row 3 (class 1): robust by bounds, margin at least 1.500 votes, 0.1 s');
  const near = { ...row, verdict: 'adversarial', by: 'mip', bound: 0.31, best: 0.31 } as const;
  const [, , nearest] = linesOf([near], { goal: 'closest', unit: 'sd' });
  expect(nearest).toBe('  row 3 (class 1): adversarial by mip, nearest 0.3100 sd (proven: at least 0.3100), 0.1 s');
});
