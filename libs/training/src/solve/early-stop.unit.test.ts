import { forward } from '@mipnet/network';
import { openSolver, type SessionSolver, type Solver } from '@mipnet/solver';
import { beforeAll, expect, test } from 'vitest';
import { smallProblem } from '../testing/small-problem.js';
import type { Limits } from '../problem/training-problem.js';
import { freeNetwork } from '../model/free-network.js';
import { solveProblem } from './solve-problem.js';

let solver: Solver;
beforeAll(async () => void (solver = await openSolver()));

const cube = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1].map((bit) => 2 * bit - 1));
const parity = cube.map((row) => row.filter((value) => value === 1).length % 2);

/** Parity of three on two hidden neurons: not every sample can be right, and the proof takes branch and cut. */
async function solved(limits: Partial<Limits>, by = solver) {
  const { problem, data } = smallProblem({
    layers: [
      { outputs: 2, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'ternary' },
    ],
    rows: cube,
    labels: parity,
    objectives: [{ kind: 'fit', loss: 'hinge', margin: 1.5, sparsity: 0.01 }],
    limits,
  });
  const incumbent = await solveProblem(by, freeNetwork(problem, data));
  const scores = forward(incumbent.network, data.features, cube.length);
  return {
    ...incumbent,
    error: parity.filter((label, k) => (scores[k] >= 0 ? 1 : 0) !== label).length / cube.length,
    work: incumbent.stages[0].work,
  };
}

test('the relaxation before the MIP has the time limit of the MIP', async () => {
  const given: (number | undefined)[] = [];
  const sessions = await solver.sessions!();
  const recorded: Pick<SessionSolver, 'solve'> = {
    solve: (model, options = {}) => {
      given.push(options.timeLimit);
      return sessions.solve(model, options);
    },
  };
  const recording = {
    ...solver,
    sessions: async () => Object.assign(Object.create(sessions) as SessionSolver, recorded),
  };
  await solved({ timeLimit: 50 }, recording);
  expect(given.length).toBeGreaterThan(0);
  expect(new Set(given)).toEqual(new Set([50]));
});

test('a gap that is good enough ends the proof early, and no earlier', async () => {
  const [exact, rough] = [await solved({}), await solved({ gap: 0.6 })];
  expect(exact.status).toBe('optimal');
  expect(rough.work).toBeLessThan(exact.work);
  expect(rough.objective - rough.bound!).toBeLessThanOrEqual(0.6 * rough.objective + 1e-9);
});

test('a training error that is good enough ends the fit; one that cannot be reached does not', async () => {
  const [exact, easy] = [await solved({}), await solved({ stopAtError: 0.5 })];
  expect(easy.error).toBeLessThanOrEqual(0.5);
  expect(easy.work).toBeLessThan(exact.work);
  expect(exact.error).toBeGreaterThan(0);
  const impossible = await solved({ stopAtError: exact.error / 2 });
  expect(impossible.status).toBe('optimal');
  expect(impossible.objective).toBeCloseTo(exact.objective, 9);
});
