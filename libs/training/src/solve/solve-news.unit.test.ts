import type { SolveProgress } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { SolveNews } from './solve-news.js';

test('the best value and bound of all steps, with the present step', () => {
  const told: SolveProgress[] = [];
  const news = new SolveNews((progress) => told.push(progress), 1);
  news.begin('relaxation');
  news.ofSolver({ objective: null, bound: null, nodes: 0, work: 120 });
  news.found({ bound: 3 });
  news.begin('local search');
  news.found({ objective: 8 });
  news.begin('branch and cut');
  // The solver has not taken its start yet, and begins with a weaker bound.
  news.ofSolver({ objective: null, bound: 1, nodes: 0, work: 10 });
  news.ofSolver({ objective: 7, bound: 4, nodes: 5, work: 500 });
  expect(told.map(({ step, objective, bound, nodes, work }) => [step, objective, bound, nodes, work])).toEqual([
    ['relaxation', null, null, 0, 0],
    ['relaxation', null, null, 0, 120],
    ['relaxation', null, 3, 0, 120],
    ['local search', null, 3, 0, 120],
    ['local search', 8, 3, 0, 120],
    ['branch and cut', 8, 3, 0, 120],
    ['branch and cut', 8, 3, 0, 120],
    ['branch and cut', 7, 4, 5, 500],
  ]);
  expect(told.every(({ stage }) => stage === 1)).toBe(true);
});

test('a bound that round-off lifted above the incumbent is the incumbent', () => {
  const told: SolveProgress[] = [];
  const news = new SolveNews((progress) => told.push(progress));
  news.found({ objective: 5, bound: 5 + 1e-9 });
  expect(told.at(-1)).toMatchObject({ objective: 5, bound: 5 });
});
