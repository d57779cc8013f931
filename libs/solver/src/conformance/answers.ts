import { objectiveOf, violationOf } from '@mipnet/mip';
import { describe, expect, test } from 'vitest';
import type { Solver } from '../solver.js';
import { certifiedLowerBound } from '../certified-bound.js';
import type { SolveResult } from '../solve.js';
import { knownCases } from './known-cases.js';
import { enumeratedModels } from './random-models.js';

/** Correct answers to models with known answers. */
export function answersConformance(solver: () => Solver): void {
  describe('answers', () => {
    test.each(knownCases)('knows the answer: $name', async ({ model, optimum, relaxed, unbounded }) => {
      const takesRelaxations = solver().capabilities.relaxation;
      for (const presolve of [true, false]) {
        if (canTake(solver(), unbounded)) expectAnswer(await solver().solve(model, { presolve }), optimum, unbounded);
        if (!takesRelaxations) continue;
        expectAnswer(
          await solver().solve(model, { presolve, relaxation: true }),
          relaxed === undefined ? optimum : relaxed,
          unbounded,
        );
      }
      if (optimum === null) return;
      const { x } = await solver().solve(model);
      expect(violationOf(model, x!)).toBeLessThan(1e-6);
      expect(objectiveOf(model, x!)).toBeCloseTo(optimum, 6);
    });

    test('finds the optimum of random models, as enumeration does', async () => {
      const models = enumeratedModels(24);
      // Both kinds must occur, otherwise the test is empty.
      expect(new Set(models.map(({ optimum }) => optimum === null)).size).toBe(2);
      for (const [at, { model, optimum }] of models.entries()) {
        // Without presolve, a fine grid is searched step by step, which is correct but takes too long.
        const presolve = at % 3 !== 2 || solver().capabilities.realColumns === 'grid';
        const result = await solver().solve(model, { presolve, seed: at });
        expectAnswer(result, optimum);
        if (result.x) expect(violationOf(model, result.x)).toBeLessThan(1e-6);
      }
    });

    test.each(knownCases.filter(({ optimum }) => optimum !== null))(
      'duals prove the value of the relaxation, or are not declared: $name',
      async ({ model }) => {
        const { relaxation, duals: declared } = solver().capabilities;
        if (!relaxation) {
          await expect(solver().solve(model, { relaxation: true })).rejects.toMatchObject({ code: 'unsupported' });
          return;
        }
        const { objective, bound, duals, columnDuals } = await solver().solve(model, { relaxation: true });
        expect(bound).toBeCloseTo(objective!, 6);
        if (!declared) {
          expect(duals).toBeUndefined();
          return;
        }
        expect(duals).toHaveLength(model.rowCount);
        expect(columnDuals).toHaveLength(model.columnCount);
        const proven = certifiedLowerBound(model, duals!);
        expect(proven).toBeLessThanOrEqual(objective! + 1e-9 * Math.max(1, Math.abs(objective!)));
        expect(proven).toBeGreaterThan(objective! - 1e-6);
      },
    );

    test('sessions are there if declared', () => {
      expect(solver().sessions !== undefined).toBe(solver().capabilities.sessions);
    });

    test('several solves may be asked for at once', async () => {
      const cases = knownCases.filter(({ optimum }) => optimum !== null).slice(0, 4);
      const results = await Promise.all(cases.map(({ model }) => solver().solve(model)));
      results.forEach((result, i) => expectAnswer(result, cases[i].optimum));
    });
  });
}

/** A solver that puts real columns on a grid needs bounds; its refusal is tested in its own file. */
const canTake = ({ capabilities }: Solver, unbounded = false): boolean =>
  capabilities.realColumns === 'exact' || !unbounded;

function expectAnswer(result: SolveResult, optimum: number | null, unbounded = false): void {
  if (optimum !== null) {
    expect(result.status).toBe('optimal');
    expect(result.objective).toBeCloseTo(optimum, 5);
    expect(result.bound).toBeCloseTo(optimum, 5);
    expect(result.bound).toBeLessThanOrEqual(optimum + 1e-6);
    expect(result.interrupted).toBe(false);
    return;
  }
  // A solver may not know that an unbounded problem is feasible.
  expect(result.status).toBeOneOf(unbounded ? ['unbounded', 'unresolved'] : ['infeasible']);
  expect(result.bound).toBeNull();
}
