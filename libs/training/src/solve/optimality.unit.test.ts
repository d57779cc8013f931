import { openSolver, type SessionSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { freeNetwork } from '../model/free-network.js';
import { encodeStage } from '../model/stage-model.js';
import { bestOfAll } from '../testing/enumerate-networks.js';
import { problemOf } from '../testing/enumerated-case.js';
import { cases } from '../testing/enumerated-cases.js';
import { solveProblem } from './solve-problem.js';

// Every network of an architecture is listed, and the best of them is what the MIP must find and prove.

let solver: Solver;
let simplex: SessionSolver;
beforeAll(async () => {
  solver = await openSolver();
  simplex = await solver.sessions!();
});

describe('objective and bound equal the best of all networks', () => {
  test.each(cases.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const { problem, data } = problemOf(entry);
    const incumbent = await solveProblem(solver, freeNetwork(problem, data));
    const best = bestOfAll(entry);
    expect(incumbent.objective).toBeCloseTo(best, 6);
    expect(incumbent.bound).toBeCloseTo(best, 5);
    expect(incumbent.status).toBe('optimal');
  });

  test('there are at least 30 of them', async () => {
    expect(cases.length).toBeGreaterThanOrEqual(30);
  });
});

describe('the order of hidden neurons', () => {
  test.each(
    cases
      .filter(({ layers }) => layers.length > 1 && layers[0].outputs > 1)
      .slice(0, 12)
      .map((entry) => [entry.title, entry] as const),
  )('keeps an optimum and is smaller: %s', async (_, entry) => {
    const { problem, data } = problemOf(entry);
    const free = freeNetwork(problem, data, entry.margin);
    const [broken, whole] = [true, false].map(
      (breaksSymmetry) => encodeStage(free, { stage: 0, kept: [], breaksSymmetry }).model,
    );
    expect(broken.rowCount).toBeGreaterThan(whole.rowCount);
    expect(simplex.solve(broken).objective).toBeCloseTo(simplex.solve(whole).objective!, 6);
  });
});
