import { beforeAll, describe, expect, test } from 'vitest';
import { objectiveOf, violationOf } from '@mipnet/mip';
import { certifiedLowerBound } from './certified-bound.js';
import { knapsacks, knownCases } from './conformance-cases.js';
import type { SolveOptions, SolveResult, Solver } from './solver.js';

/**
 * The suite that every solver wrapper runs from one of its own test files. Needs vitest.
 * @param loadSolver loads a solver that has solved nothing yet; called some ten times
 */
export function solverConformance(name: string, loadSolver: () => Promise<Solver>): void {
  describe(`solver conformance: ${name}`, () => {
    let solver: Solver;
    beforeAll(async () => void (solver = await loadSolver()));

    test.each(knownCases)('knows the answer: $name', ({ model, optimum, relaxed, unbounded }) => {
      for (const presolve of [true, false]) {
        expectAnswer(solver.solve(model, { presolve }), optimum, unbounded);
        expectAnswer(
          solver.solve(model, { presolve, relaxation: true }),
          relaxed === undefined ? optimum : relaxed,
          unbounded,
        );
      }
      const { x, status } = solver.solve(model);
      if (status !== 'optimal') return;
      expect(violationOf(model, x!)).toBeLessThan(1e-6);
      expect(objectiveOf(model, x!)).toBeCloseTo(optimum!, 6);
    });

    test.each(knownCases.filter(({ optimum }) => optimum !== null))(
      'duals prove the value of the relaxation: $name',
      ({ model }) => {
        const { objective, bound, duals, columnDuals } = solver.solve(model, { relaxation: true });
        expect(duals).toHaveLength(model.rowCount);
        expect(columnDuals).toHaveLength(model.columnCount);
        expect(bound).toBeCloseTo(objective!, 6);
        const proven = certifiedLowerBound(model, duals!);
        expect(proven).toBeLessThanOrEqual(objective! + 1e-9 * Math.max(1, Math.abs(objective!)));
        expect(proven).toBeGreaterThan(objective! - 1e-6);
      },
    );

    describe('a MIP that takes a while', () => {
      const model = knapsacks(20, 6, 3);

      test('streams incumbents that are feasible and improve, with bounds that they do not beat', () => {
        const seen: { x: Float64Array; objective: number; bound: number }[] = [];
        const result = solver.solve(model, { onIncumbent: (incumbent) => seen.push(incumbent) });
        expect(result.status).toBe('optimal');
        expect(result.bound).toBeCloseTo(result.objective!, 5);
        expect(seen.length).toBeGreaterThan(1);
        // Looked at after the solve: an incumbent belongs to whoever got it.
        seen.forEach(({ x, objective, bound }, i) => {
          expect(violationOf(model, x)).toBeLessThan(1e-6);
          expect(objectiveOf(model, x)).toBeCloseTo(objective, 6);
          expect(bound).toBeLessThanOrEqual(result.objective! + 1e-6);
          if (i > 0) expect(objective).toBeLessThan(seen[i - 1].objective);
        });
        expect(seen.at(-1)!.objective).toBeCloseTo(result.objective!, 6);
      });

      test('takes a start: with it a solve that is stopped at once is no worse than the start', () => {
        const { x, objective } = solver.solve(model);
        const best: number[] = [];
        const started = solver.solve(model, {
          start: x,
          workLimit: 1,
          onIncumbent: (incumbent) => best.push(incumbent.objective),
        });
        expect(started.objective).toBeCloseTo(objective!, 6);
        expect(Math.max(...best)).toBeCloseTo(objective!, 6);
      });

      test('survives a start that breaks the rows', () => {
        expect(solver.solve(model, { start: new Float64Array(model.columnCount).fill(1) }).objective).toBeCloseTo(
          solver.solve(model).objective!,
          6,
        );
      });

      test('stopped() ends it with the incumbent, and a stop is told from a limit', () => {
        let incumbent = Infinity;
        const result = solver.solve(model, {
          onIncumbent: ({ objective }) => (incumbent = objective),
          stopped: () => incumbent < Infinity,
        });
        expect(result).toMatchObject({ status: 'feasible', interrupted: true });
        expect(result.objective).toBeCloseTo(incumbent, 6);
        expect(result.bound).toBeLessThanOrEqual(result.objective!);
        expect(solver.solve(model, { workLimit: 20 }).interrupted).toBe(false);
      });

      test('a time limit is a result', () => {
        const hard = knapsacks(90, 40, 4);
        const result = solver.solve(hard, { timeLimit: 0.3, start: new Float64Array(hard.columnCount) });
        expect(result.status).toBe('feasible');
        expect(result.seconds).toBeLessThan(20);
        expect(result.bound).toBeLessThan(result.objective!);
        expect(violationOf(hard, result.x!)).toBeLessThan(1e-6);
      });

      test('a gap that is good enough ends it as optimal, with a bound inside the gap', () => {
        const { status, objective, bound, work } = solver.solve(model, { gap: 0.2 });
        expect(status).toBe('optimal');
        expect(objective! - bound!).toBeLessThanOrEqual(0.2 * Math.abs(objective!) + 1e-6);
        expect(work).toBeLessThan(solver.solve(model).work);
      });

      test('reports progress that only moves forward', () => {
        const seen: { work: number; nodes: number; bound: number }[] = [];
        solver.solve(model, {
          onProgress: ({ work, nodes, bound }) => seen.push({ work, nodes, bound: bound ?? -Infinity }),
        });
        expect(seen.length).toBeGreaterThan(2);
        seen.slice(1).forEach(({ work, bound }, i) => {
          expect(work).toBeGreaterThanOrEqual(seen[i].work);
          expect(bound).toBeGreaterThanOrEqual(seen[i].bound);
        });
      });
    });

    describe('a work limit', () => {
      const model = knapsacks(36, 12, 5);
      const other = knapsacks(12, 5, 9);
      const limited = (instance: Solver, options: SolveOptions = {}): string =>
        fingerprint(instance.solve(model, { workLimit: 200, ...options }));

      test('stops at the same point three times, in new instances and after other models', async () => {
        const alone = limited(await loadSolver());
        expect(alone).toContain('feasible');
        expect([limited(await loadSolver()), limited(await loadSolver())]).toEqual([alone, alone]);
        const used = await loadSolver();
        used.solve(other);
        used.solve(other, { relaxation: true, seed: 7 });
        used.solve(model, { workLimit: 50, seed: 3, presolve: false });
        expect([limited(used), limited(used)]).toEqual([alone, alone]);
      });

      test('stops at the same point although somebody watches', () => {
        expect(
          limited(solver, { onProgress: () => undefined, onIncumbent: () => undefined, stopped: () => false }),
        ).toBe(limited(solver));
      });

      test('ends soon after its iterations, also inside one LP', () => {
        const { work } = solver.solve(model, { workLimit: 200 });
        expect(work).toBeGreaterThanOrEqual(200);
        expect(work).toBeLessThan(solver.solve(model, { workLimit: 400 }).work);
        const lp = solver.solve(model, { relaxation: true, presolve: false, workLimit: 5 });
        expect(lp.work).toBeLessThan(solver.solve(model, { relaxation: true, presolve: false }).work);
        expect(lp.status).not.toBe('optimal');
        expect(lp.duals).toBeUndefined();
      });

      test('depends on the seed, and on nothing else', () => {
        const seeds = [1, 2, 3].map((seed) => limited(solver, { seed }));
        expect(new Set(seeds).size).toBeGreaterThan(1);
        expect([1, 2, 3].map((seed) => limited(solver, { seed }))).toEqual(seeds);
      });
    });
  });
}

function expectAnswer(result: SolveResult, optimum: number | null, unbounded = false): void {
  if (optimum !== null) {
    expect(result.status).toBe('optimal');
    expect(result.objective).toBeCloseTo(optimum, 6);
    expect(result.bound).toBeCloseTo(optimum, 6);
    expect(result.interrupted).toBe(false);
    return;
  }
  // Of an unbounded problem a solver may not know that it is feasible.
  expect(result.status).toBeOneOf(unbounded ? ['unbounded', 'unresolved'] : ['infeasible']);
  expect(result.bound).toBeNull();
}

/** Everything of a result that must not vary: all but the seconds. */
const fingerprint = ({ status, objective, bound, nodes, work, x }: SolveResult): string =>
  JSON.stringify([status, objective, bound, nodes, work, Array.from(x ?? [])]);
