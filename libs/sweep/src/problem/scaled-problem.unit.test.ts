import type { TrainingProblem } from '@mipnet/training';
import { describe, expect, test } from 'vitest';
import { hasLimits, scaledProblem } from './scaled-problem.js';

/** 30 rows of class 0 and 12 of class 1, rows 100, 101, ...; validation rows 1 and 2. */
const labels = Int32Array.from({ length: 42 }, (_, at) => (at % 7 < 5 ? 0 : 1));
const problem = {
  name: 'p',
  seed: 3,
  limits: { workLimit: 100, timeLimit: 9, searchLimit: 1, gap: 0 },
  view: {
    rows: Int32Array.from(labels, (_, at) => 100 + at),
    labels,
    classes: Int32Array.of(0, 1),
    shifts: 0,
    validationRows: Int32Array.of(1, 2),
    validationLabels: Int32Array.of(0, 1),
  },
} as unknown as TrainingProblem;

const counts = ({ view }: TrainingProblem): number[] =>
  [0, 1].map((label) => view.labels.filter((own) => own === label).length);

describe('the training of a rung', () => {
  test('a fraction of each class, among the rows of a larger rung, with their labels', () => {
    const [small, large] = [1 / 9, 1 / 3].map((scale) => scaledProblem(problem, { by: 'rows', scale, seed: 0 }));
    expect([counts(small), counts(large)]).toEqual([
      [4, 2],
      [10, 4],
    ]);
    expect([...large.view.rows]).toEqual(expect.arrayContaining([...small.view.rows]));
    for (const { view } of [small, large])
      expect([...view.labels]).toEqual([...view.rows].map((row) => labels[row - 100]));
    expect(small.view.validationRows).toEqual(problem.view.validationRows);
    expect(small.limits).toBe(problem.limits);
    expect(scaledProblem(problem, { by: 'rows', scale: 1 / 9, seed: 1 }).view.rows).not.toEqual(small.view.rows);
    expect(scaledProblem(problem, { by: 'rows', scale: 1 / 9, seed: 0 })).toEqual(small);
  });

  test('a fraction of the limits', () => {
    const { limits, view } = scaledProblem(problem, { by: 'limits', scale: 1 / 3, seed: 0 });
    expect(limits).toEqual({ workLimit: 34, timeLimit: 3, searchLimit: 1, gap: 0 });
    expect(view).toEqual(problem.view);
    expect([hasLimits({ gap: 0 }), hasLimits({ gap: 0, workLimit: 0 }), hasLimits({ gap: 0, timeLimit: 1 })]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('folds divide the training rows, each class in turn; the validation rows take no part', () => {
    const folds = [0, 1, 2].map((number) =>
      scaledProblem(problem, { by: 'rows', scale: 1, fold: { number, of: 3 }, seed: 0 }),
    );
    const judged = folds.flatMap(({ view }) => [...view.validationRows]);
    expect(judged.sort()).toEqual([...problem.view.rows]);
    for (const fold of folds) {
      expect(counts(fold)).toEqual([20, 8]);
      expect([...fold.view.rows].filter((row) => fold.view.validationRows.includes(row))).toEqual([]);
      expect([...fold.view.validationLabels]).toEqual([...fold.view.validationRows].map((row) => labels[row - 100]));
    }
  });
});
