import { expect, test } from 'vitest';
import { disagreements } from './disagreements.js';
import type { Row } from './measurement.js';
import { row } from './testing/rows.js';

const problems = (...rows: readonly Partial<Row>[]): string[] => disagreements(rows.map(row));

test('rows whose bounds and points are compatible agree', () => {
  expect(
    problems(
      { objective: 2, bound: 2, status: 'optimal' },
      { formulation: 'extended', objective: 3, bound: 1.5, status: 'feasible' },
      { formulation: 'convex-hull', bound: 2, status: 'unresolved' },
    ),
  ).toEqual([]);
  expect(problems({ status: 'infeasible' }, { formulation: 'extended', status: 'infeasible' })).toEqual([]);
});

test('a bound above a point, and infeasible although there is a point, are named', () => {
  expect(
    problems(
      { objective: 2, bound: 2, status: 'optimal' },
      { formulation: 'extended', objective: 3, bound: 3, status: 'optimal' },
    ),
  ).toEqual([
    'net, targeted l1, image 0: extended on crown bounds says that nothing is below 3, big-m on crown bounds has 2',
  ]);
  expect(problems({ objective: 2, bound: 1 }, { bounds: 'lp', status: 'infeasible' })).toEqual([
    'net, targeted l1, image 0: big-m on lp bounds says that there is no point, big-m on crown bounds has one of 2',
  ]);
});

test('another image or network is another problem, and an incumbent that its replay refutes refutes nobody', () => {
  expect(
    problems(
      { objective: 2, bound: 2 },
      { image: 1, objective: 3, bound: 3 },
      { network: 'other', status: 'infeasible' },
    ),
  ).toEqual([]);
  expect(
    problems(
      { objective: 1, bound: 1, contradiction: 'the margin is 0' },
      { formulation: 'extended', objective: 2, bound: 2 },
    ),
  ).toEqual(['net, targeted l1, image 0: big-m on crown bounds: the margin is 0']);
});
