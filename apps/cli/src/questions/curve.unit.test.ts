import { expect, test } from 'vitest';
import { curveText } from './curve-text.js';
import { Curve } from './curve.js';
import type { VerifyReport, VerifyResult } from './verify-report.js';

const result = (image: number, verdict: VerifyResult['verdict']): VerifyResult => ({
  image,
  row: null,
  label: 1,
  class: 'one',
  verdict,
  by: null,
  seconds: 1,
  bound: null,
  best: null,
  settled: verdict !== 'unresolved',
  reason: null,
  open: null,
  witness: verdict === 'adversarial' ? `w-${image}.npy` : null,
});
const report = (run: string, ...results: VerifyResult[]): VerifyReport =>
  ({ results, run, totals: { seconds: 2 } }) as unknown as VerifyReport;
const asked = { network: 'net.onnx', goal: 'feasibility', norm: 'linf' };

/** Four images: wrong from the start, robust everywhere, a witness at the second distance, open at the second. */
function drawn(): Curve {
  const curve = new Curve(['0.1', '0.2', '0.3']);
  const first = report('a', result(0, 'misclassified'), result(1, 'robust'), result(2, 'robust'), result(3, 'robust'));
  expect(curve.add(0, [0, 1, 2, 3], first)).toEqual(new Set([1, 2, 3]));
  const second = report('b', result(1, 'robust'), result(2, 'adversarial'), result(3, 'unresolved'));
  expect(curve.add(1, [1, 2, 3], second)).toEqual(new Set([1]));
  return curve;
}

test('a witness counts for all larger distances, a proof for all smaller ones, and what is open stays open', () => {
  const curve = drawn();
  curve.add(2, [1], report('c', result(1, 'robust')));
  const { accuracy, epsilons, results } = curve.report(asked, 9);
  expect(accuracy).toBe(0.75);
  expect(
    epsilons.map(({ robust, adversarial, misclassified, unresolved }) => [
      robust,
      adversarial,
      misclassified,
      unresolved,
    ]),
  ).toEqual([
    [3, 0, 1, 0],
    [1, 1, 1, 1],
    [1, 1, 1, 1],
  ]);
  expect(epsilons[1]).toMatchObject({ certifiedAccuracy: 0.25, attackFreeAccuracy: 0.5, run: 'b', seconds: 2 });
  expect(results.map(({ robustUpTo, witnessAt, openAt }) => [robustUpTo, witnessAt, openAt])).toEqual([
    [null, null, null],
    ['0.3', null, null],
    ['0.1', '0.2', null],
    ['0.1', null, '0.2'],
  ]);
});

test('after a stop, distances that were not asked are open', () => {
  const { epsilons, results } = drawn().report(asked, 9);
  expect(epsilons[2]).toMatchObject({ robust: 0, adversarial: 1, unresolved: 2, run: null });
  expect(results[1]).toMatchObject({ robustUpTo: '0.2', openAt: '0.3' });
});

test('the text is a table of the distances, and a line per image', () => {
  expect(curveText(drawn().report(asked, 9)).trimEnd().split('\n')).toEqual([
    'EPSILON  CERTIFIED  ATTACK-FREE  ROBUST  ADVERSARIAL  UNRESOLVED',
    '0.1      75.00%     75.00%       3       0            0',
    '0.2      25.00%     50.00%       1       1            1',
    '0.3      0.00%      50.00%       0       1            2',
    'accuracy on these images 75.00% (3 of 4), norm linf, 9.0 s',
    '  image 0 (class one): misclassified',
    '  image 1 (class one): robust up to 0.2, open at 0.3',
    '  image 2 (class one): robust up to 0.1, adversarial at 0.2, w-2.npy',
    '  image 3 (class one): robust up to 0.1, open at 0.2',
  ]);
});
