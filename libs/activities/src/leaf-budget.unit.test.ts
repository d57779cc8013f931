import { noLeaves, type Solved } from '@mipnet/recursion';
import { expect, test } from 'vitest';
import { LeafBudget } from './leaf-budget.js';

const solved: Solved = {
  name: 'leaf',
  objective: 1,
  bound: 0,
  accuracy: { train: null, validation: null },
  leaves: { ...noLeaves, feasible: 1 },
  seconds: { solver: 1, merge: 0 },
  stopped: true,
};

test('the seconds of a leaf count from its own beginning, and its result says what ended it', () => {
  let now = 100;
  const budget = new LeafBudget({ solverSeconds: 6, subproblems: 1 }, () => now);
  now = 105;
  expect([budget.isUsedUp(), budget.ended(solved)]).toEqual([false, solved]);
  now = 106;
  expect([budget.isUsedUp(), budget.ended(solved)]).toEqual([true, { ...solved, endedBy: 'solverSeconds' }]);
  // What ended by itself was not ended by its budget.
  expect(budget.ended({ ...solved, stopped: false }).endedBy).toBeUndefined();
});

test('without a budget there is no end', () => {
  let now = 0;
  const budget = new LeafBudget(undefined, () => now);
  now = 1e9;
  expect([budget.isUsedUp(), budget.ended(solved)]).toEqual([false, solved]);
});
