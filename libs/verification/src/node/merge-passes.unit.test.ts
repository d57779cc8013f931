import { expect, test } from 'vitest';
import type { SettledBy } from '../verdict.js';
import type { Answer } from './answer.js';
import { mergePasses } from './merge-passes.js';

const unresolved: Answer = {
  name: 'image 1',
  label: 1,
  verdict: { verdict: 'unresolved', by: null, bound: -1, best: 1, gap: 2, seconds: 1 },
  open: [],
  settledBound: 2,
  closed: false,
};
const robust = (by: SettledBy): Answer => ({
  ...unresolved,
  verdict: { verdict: 'robust', by, bound: 0.5, best: 1, gap: 0.5, seconds: 1 },
});
const groups = [[], []] as const;

test('a question whose classes were all closed is robust by the dearest step that one of them needed', () => {
  const by = (...steps: readonly SettledBy[]) => mergePasses(unresolved, groups, steps.map(robust), 'any').verdict;
  expect(by('branching', 'bounds')).toMatchObject({ verdict: 'robust', by: 'branching', bound: 0.5 });
  expect(by('bounds', 'mip')).toMatchObject({ verdict: 'robust', by: 'mip' });
  expect(by('bounds', 'bounds')).toMatchObject({ verdict: 'robust', by: 'bounds' });
});
