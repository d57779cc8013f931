import { expect, test } from 'vitest';
import { parsePlan } from './parse-plan.js';
import { readResolvedPlan } from './resolved-plan.js';

const plan = parsePlan(
  `
network: [{dense: 4, activation: relu}, {dense: 2}]
splits: [pairs, {layers: {cycles: 1}}, {batches: {kind: hardest-first, start: 2, add: 1, rounds: 3}}]
objectives: [fit, {sparsity: neurons}]
budget: {wall: 1h}
`,
  'test',
);

test('a plan survives the way through JSON', () => {
  expect(readResolvedPlan(JSON.parse(JSON.stringify(plan)), 'memo')).toEqual(plan);
});

test.each<[string, unknown, RegExp]>([
  ['nothing', null, /^memo: .*is/],
  ['a number', 5, /^memo: /],
  ['a name that is a path', { ...plan, name: '../../etc' }, /^memo: name is/],
  ['a name with an escape sequence', { ...plan, name: 'a\u001b[2J' }, /^memo: name is/],
  ['splits that are none', { ...plan, splits: [5, null] }, /^memo: splits/],
  ['an unknown key', { ...plan, out: '/home/me/.ssh/authorized_keys' }, /no key 'out'/],
  ['no network', { ...plan, network: undefined }, /network is missing/],
])('%s is refused with the place', (_, value, message) => {
  expect(() => readResolvedPlan(value, 'memo')).toThrow(message);
});
