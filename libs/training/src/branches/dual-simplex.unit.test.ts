import { seededRandom } from '@mipnet/dataset';
import type { Model } from '@mipnet/mip';
import { certifiedLowerBound, openSolver, type Solver } from '@mipnet/solver';
import { beforeAll, expect, test } from 'vitest';
import { DualSimplex } from './dual-simplex.js';
import { randomModel } from './testing/random-model.js';

let highs: Solver;
beforeAll(async () => {
  highs = await openSolver();
});

const relaxed = (model: Model) => highs.solve(model, { relaxation: true, presolve: false });

test('finds the optimum of the relaxation, and again after every change of bounds', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = seededRandom(seed, 'lp');
    const model = randomModel(random);
    const simplex = new DualSimplex(model);
    for (let change = 0; change < 4; change++) {
      const narrowed = {
        ...model,
        columnLower: simplex.lower.slice(0, model.columnCount),
        columnUpper: simplex.upper.slice(0, model.columnCount),
      };
      const [end, known] = [simplex.solve(1e6), await relaxed(narrowed)];
      const where = `seed ${seed}, change ${change}`;
      const bound = certifiedLowerBound(narrowed, simplex.duals());
      if (known.status === 'infeasible') {
        expect(end, where).toBe('infeasible');
        expect(bound, where).toBeGreaterThanOrEqual(1e6);
        break;
      }
      expect(end, where).toBe('optimal');
      expect(simplex.objective(), where).toBeCloseTo(known.objective!, 6);
      expect(bound, where).toBeCloseTo(known.objective!, 6);
      const column = random.integer(model.columnCount);
      const middle = Math.floor(simplex.value(column));
      if (random.uniform() < 0.5) simplex.upper[column] = Math.max(middle, simplex.lower[column]);
      else simplex.lower[column] = Math.min(middle + 1, simplex.upper[column]);
    }
  }
});

test('stops at a cutoff with multipliers that prove it, and at a limit of iterations', () => {
  const model = randomModel(seededRandom(3, 'lp'));
  const least = new DualSimplex(model);
  expect(least.solve(1e6)).toBe('optimal');
  const simplex = new DualSimplex(model);
  const cutoff = least.objective() - 1e-3;
  expect(simplex.solve(cutoff)).toBe('cutoff');
  expect(certifiedLowerBound(model, simplex.duals())).toBeGreaterThanOrEqual(cutoff - 1e-9);
  expect(least.iterations).toBeGreaterThan(1);
  expect(new DualSimplex(model).solve(1e6, 1)).toBe('limit');
});

test('a saved basis comes back', () => {
  const model = randomModel(seededRandom(4, 'lp'));
  const simplex = new DualSimplex(model);
  simplex.solve(1e6);
  const [basis, point] = [simplex.save(), simplex.point()];
  simplex.upper[0] = simplex.lower[0];
  simplex.solve(1e6);
  simplex.upper[0] = model.columnUpper[0];
  simplex.restore(basis);
  expect(simplex.point()).toEqual(point);
});
