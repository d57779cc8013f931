import { violationOf } from '@mipnet/mip';
import { describe, expect, test } from 'vitest';
import type { Solver } from '../solver.js';
import type { SolveOptions, SolveResult } from '../solve.js';
import { knapsacks } from './known-cases.js';

/** A limit is a result, and one that counts work stops at the same point in every run. */
export function limitsConformance(solver: () => Solver, load: () => Promise<Solver>): void {
  describe('limits', () => {
    const small = knapsacks(20, 6, 3);
    const hard = knapsacks(90, 40, 4);

    test('a time limit is a result', async () => {
      const start = new Float64Array(hard.columnCount);
      const result = await solver().solve(hard, { timeLimit: 0.5, start });
      expect(result).toMatchObject({ status: 'feasible', interrupted: false });
      expect(result.seconds).toBeLessThan(20);
      expect(result.bound ?? -Infinity).toBeLessThan(result.objective!);
      expect(violationOf(hard, result.x!)).toBeLessThan(1e-6);
    });

    test('a gap that is good enough ends it as optimal, with a bound inside the gap', async () => {
      const { status, objective, bound } = await solver().solve(small, { gap: 0.2 });
      expect(status).toBe('optimal');
      expect(objective! - bound!).toBeLessThanOrEqual(0.2 * Math.abs(objective!) + 1e-6);
    });

    test('a cutoff leaves better points only, or the proof that there is none', async () => {
      const shifted = { ...small, offset: 1000.125 };
      const { objective } = await solver().solve(shifted);
      const above = await solver().solve(shifted, { cutoff: objective! + 0.5 });
      expect(above.objective).toBeCloseTo(objective!, 6);
      const below = await solver().solve(shifted, { cutoff: objective! - 0.5 });
      expect(below).toMatchObject({ status: 'cutoff', objective: null });
      expect(below.bound).toBeCloseTo(objective! - 0.5, 6);
    });

    test('gives the same point twice if it says so', async () => {
      if (!solver().capabilities.deterministic) return;
      const first = await solver().solve(small, { seed: 5 });
      const second = await (await load()).solve(small, { seed: 5 });
      expect(fingerprint(second)).toBe(fingerprint(first));
    });
  });

  describe('a work limit', () => {
    const model = knapsacks(36, 12, 5);
    const other = knapsacks(12, 5, 9);
    const isLimited = (): boolean => solver().capabilities.work !== null;
    /** Enough for an incumbent, too little for a proof; set by the first test from what the whole solve takes. */
    let workLimit = 0;
    const limited = async (instance: Solver, options: SolveOptions = {}): Promise<string> =>
      fingerprint(await instance.solve(model, { workLimit, ...options }));

    test('is refused, or ends a solve before its end', async () => {
      if (!isLimited()) {
        await expect(solver().solve(model, { workLimit: 5 })).rejects.toMatchObject({
          code: 'unsupported',
          blame: 'input',
          message: expect.stringContaining('workLimit'),
        });
        return;
      }
      const whole = await solver().solve(model);
      workLimit = Math.ceil(whole.work / 4);
      const part = await solver().solve(model, { workLimit });
      expect(part).toMatchObject({ status: 'feasible', interrupted: false });
      expect(part.work).toBeGreaterThanOrEqual(workLimit);
      expect(part.work).toBeLessThan(whole.work);
    });

    test('stops at the same point three times, in new instances, after other models, and watched', async () => {
      if (!isLimited()) return;
      const alone = await limited(await load());
      const used = await load();
      await used.solve(other);
      await used.solve(other, { seed: 7 });
      await used.solve(model, { workLimit: Math.ceil(workLimit / 4), seed: 3, presolve: false });
      const watched = { onProgress: () => undefined, onIncumbent: () => undefined, stopped: () => false };
      expect([await limited(used), await limited(used, watched)]).toEqual([alone, alone]);
    });

    test('depends on the seed, and on nothing else', async () => {
      if (!isLimited()) return;
      const all = async (): Promise<string[]> => [
        await limited(solver(), { seed: 1 }),
        await limited(solver(), { seed: 2 }),
        await limited(solver(), { seed: 3 }),
      ];
      const seeds = await all();
      expect(new Set(seeds).size).toBeGreaterThan(1);
      expect(await all()).toEqual(seeds);
    });

    test('ends inside one LP', async () => {
      const { capabilities } = solver();
      if (!isLimited() || !capabilities.relaxation) return;
      const whole = await solver().solve(model, { relaxation: true, presolve: false });
      const lp = await solver().solve(model, { relaxation: true, presolve: false, workLimit: 5 });
      expect(lp.work).toBeLessThan(whole.work);
      expect(lp.status).not.toBe('optimal');
      expect(lp.duals).toBeUndefined();
    });
  });
}

/** The parts of a result that must not vary: all except the seconds. */
const fingerprint = ({ status, objective, bound, nodes, work, x }: SolveResult): string =>
  JSON.stringify([status, objective, bound, nodes, work, Array.from(x ?? [])]);
