import { objectiveOf, violationOf } from '@mipnet/mip';
import { describe, expect, test } from 'vitest';
import type { Solver } from '../solver.js';
import type { SolveProgress } from '../solve.js';
import { knapsacks } from './known-cases.js';

/** Progress during a solve, and how it is ended from outside. */
export function watchingConformance(solver: () => Solver): void {
  describe('a MIP that takes a while', () => {
    const model = knapsacks(20, 6, 3);
    const hard = knapsacks(90, 40, 4);
    const givesPoints = (): boolean => solver().capabilities.incumbents === 'points';

    test('streams incumbents that are feasible and improve, with bounds that they do not beat', async () => {
      const seen: { x: Float64Array; objective: number; bound: number }[] = [];
      const result = await solver().solve(model, { onIncumbent: (incumbent) => seen.push(incumbent) });
      expect(result.status).toBe('optimal');
      expect(result.bound).toBeCloseTo(result.objective!, 5);
      // Checked after the solve: an incumbent belongs to its receiver.
      seen.forEach(({ x, objective, bound }, i) => {
        expect(violationOf(model, x)).toBeLessThan(1e-6);
        expect(objectiveOf(model, x)).toBeCloseTo(objective, 6);
        expect(bound).toBeLessThanOrEqual(result.objective! + 1e-6);
        if (i > 0) expect(objective).toBeLessThan(seen[i - 1].objective);
      });
      expect(seen.at(-1)!.objective).toBeCloseTo(result.objective!, 6);
      if (givesPoints()) expect(seen.length).toBeGreaterThan(1);
    });

    test('reports progress that only moves forward', async () => {
      const seen: SolveProgress[] = [];
      const result = await solver().solve(model, { onProgress: (progress) => seen.push(progress) });
      expect(seen.length).toBeGreaterThan(1);
      seen.forEach(({ objective, bound }) => {
        expect(objective ?? Infinity).toBeGreaterThanOrEqual(result.objective! - 1e-6);
        expect(bound ?? -Infinity).toBeLessThanOrEqual(result.objective! + 1e-6);
      });
      seen.slice(1).forEach(({ objective, bound, nodes, work }, i) => {
        expect(objective ?? Infinity).toBeLessThanOrEqual(seen[i].objective ?? Infinity);
        expect(bound ?? -Infinity).toBeGreaterThanOrEqual(seen[i].bound ?? -Infinity);
        expect(nodes).toBeGreaterThanOrEqual(seen[i].nodes);
        expect(work).toBeGreaterThanOrEqual(seen[i].work);
      });
    });

    test('starts from a start: it finds nothing better than the optimum, and never anything worse', async () => {
      const { x, objective } = await solver().solve(model);
      const seen: number[] = [];
      const onIncumbent = ({ objective: value }: { readonly objective: number }): unknown => seen.push(value);
      const started = await solver().solve(model, { start: x, onIncumbent });
      expect(started.objective).toBeCloseTo(objective!, 6);
      expect(Math.max(...seen)).toBeCloseTo(objective!, 6);
    });

    test('survives a start that breaks the rows', async () => {
      const start = new Float64Array(model.columnCount).fill(1);
      const { objective } = await solver().solve(model, { start });
      expect(objective).toBeCloseTo((await solver().solve(model)).objective!, 6);
    });

    test.each(['stopped', 'signal'] as const)(
      '%s ends it with the incumbent, and differs from a limit',
      async (how) => {
        const controller = new AbortController();
        let incumbent = Infinity;
        const result = await solver().solve(hard, {
          onProgress: ({ objective }) => {
            incumbent = Math.min(incumbent, objective ?? Infinity);
            if (how === 'signal' && objective !== null) controller.abort();
          },
          ...(how === 'signal' ? { signal: controller.signal } : { stopped: () => incumbent < Infinity }),
        });
        expect(result).toMatchObject({ status: 'feasible', interrupted: true });
        expect(result.objective).toBeLessThanOrEqual(incumbent + 1e-6);
        expect(result.bound ?? -Infinity).toBeLessThanOrEqual(result.objective!);
        expect(violationOf(hard, result.x!)).toBeLessThan(1e-6);
      },
    );

    test('a signal that was aborted before ends it at once', async () => {
      const { status } = await solver().solve(hard, { signal: AbortSignal.abort() });
      expect(status).toBeOneOf(['feasible', 'unresolved']);
    });

    test('an error in a callback is the error of the solve, and costs the solver nothing', async () => {
      const onProgress = (): never => {
        throw new RangeError('not today');
      };
      await expect(solver().solve(hard, { onProgress, timeLimit: 5 })).rejects.toThrow(/not today/);
      expect((await solver().solve(model)).status).toBe('optimal');
    });
  });
}
