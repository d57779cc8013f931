import { expect, test } from 'vitest';
import { parsePlan } from './parse-plan.js';
import { unlimitedWarning } from './unlimited.js';

const warning = (...settings: string[]): string | undefined =>
  unlimitedWarning(parsePlan('network: [{dense: 2}]', 'test', settings));

test.each<[string, string[]]>([
  ['nothing', []],
  [
    'a budget that is looked at when a MIP has ended',
    ['budget.subproblems=3', 'budget.solverSeconds=60', 'budget.accuracy=0.9'],
  ],
])('a plan with %s is warned about', (_, settings) => {
  expect(warning(...settings)).toMatch(/no limit: a MIP may run for ever; set solver.timeLimit=60s/);
});

test.each(['solver.workLimit=0', 'solver.timeLimit=60s', 'solver.gap=0.1', 'solver.stopAtError=0.1', 'budget.wall=1h'])(
  '%s is a limit',
  (setting) => {
    expect(warning(setting)).toBeUndefined();
  },
);
