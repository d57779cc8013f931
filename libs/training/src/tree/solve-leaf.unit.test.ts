import { noLeaves } from '@mipnet/recursion';
import type { LoadedDataset } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { runPlan } from '../testing/run-plan.js';

/** All rows of three bits. */
function cube(labelOf: (bits: readonly number[]) => number): LoadedDataset {
  const rows = Array.from({ length: 8 }, (_, k) => [k & 1, (k >> 1) & 1, k >> 2]);
  const part = {
    name: 'cube',
    classes: ['no', 'yes'],
    inputShape: [3],
    count: rows.length,
    size: 3,
    features: Uint8Array.from(rows.flat()),
    scale: 1,
    labels: Int32Array.from(rows, labelOf),
  };
  return { name: 'cube', classes: part.classes, inputShape: [3], train: part, test: null, notes: [] };
}

const planOf = (network: string): string => `
dataset: {name: digits, validationPerClass: 0}
network: ${network}
objectives: [{fit: {margin: 1.5, sparsity: 0.01}}]
splits: []
`;

test('an optimum that only branch and cut proves is counted as the word of the solver', async () => {
  const parity = cube((bits) => bits.reduce((sum, bit) => sum + bit, 0) % 2);
  const plan = planOf('[{dense: 2, activation: sign}, {dense: 1, activation: sign}]');
  const { solved } = await runPlan(plan, parity);
  expect(solved.leaves).toEqual({ ...noLeaves, optimal: 1, bySolver: 1 });
});

test('an optimum that the duals of the relaxation prove is not', async () => {
  const plan = planOf('[{dense: 1, activation: sign}]').replace(', sparsity: 0.01', '');
  const { solved } = await runPlan(
    plan,
    cube(([bit]) => bit),
  );
  expect(solved.leaves).toEqual({ ...noLeaves, optimal: 1 });
});
