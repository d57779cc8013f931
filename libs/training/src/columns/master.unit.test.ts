import { seededRandom } from '@mipnet/dataset';
import { openSolver } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { solveMaster, type MasterProblem } from './master.js';

const { sessions } = await openSolver();
const solver = await sessions!();

/** More rows than the smallest LP has, so that most of them are fixed at first. */
function drawn(seed: number, count: number, neurons: number): MasterProblem {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: count }, () => (random.integer(4) === 0 ? 1 : 0));
  const fires = Array.from({ length: neurons }, () =>
    Uint8Array.from(labels, (label) => (random.integer(10) < 3 + 3 * label ? 1 : 0)),
  );
  return {
    rows: { count, labels },
    costs: new Float64Array(count).fill(0.02),
    activation: seed % 2 === 0 ? 'sign' : 'step',
    fires,
  };
}

const valueOf = ({ costs }: MasterProblem, margins: Float64Array, outputs: Float64Array): number =>
  costs.reduce((sum, cost, row) => sum + cost * Math.max(0, 1 - margins[row]), 0) +
  outputs.reduce((sum, output) => sum + Math.abs(output), 0);

test.each([
  [2, 6000, 12],
  [3, 6000, 12],
  [4, 300, 30],
])(
  'network and duals have the same value, so both are optimal (seed %i, %i rows, %i neurons)',
  (seed, rows, neurons) => {
    const problem = drawn(seed, rows, neurons);
    const { outputs, bias, margins, duals } = solveMaster(solver, problem);
    const value = valueOf(problem, margins, outputs);
    expect(duals.reduce((sum, dual) => sum + dual, 0)).toBeCloseTo(value, 5);
    // The margins are those of the network.
    const { fires, activation, rows: data } = problem;
    for (let row = 0; row < rows; row += 97) {
      const h = (t: number): number => (fires[t][row] ? 1 : activation === 'sign' ? -1 : 0);
      const score = outputs.reduce((sum, output, t) => sum + output * h(t), bias);
      expect(data.labels[row] === 1 ? score : -score).toBeCloseTo(margins[row], 9);
    }
    for (const [row, dual] of duals.entries()) {
      expect(dual).toBeGreaterThanOrEqual(-1e-9);
      expect(dual).toBeLessThanOrEqual(problem.costs[row] + 1e-9);
    }
  },
);

test('with more neurons it starts from the solution before, and ends at the same value as without', () => {
  const whole = drawn(6, 5000, 14);
  const first = solveMaster(solver, { ...whole, fires: whole.fires.slice(0, 9) });
  const warm = solveMaster(solver, { ...whole, before: first });
  const cold = solveMaster(solver, whole);
  expect(valueOf(whole, warm.margins, warm.outputs)).toBeCloseTo(valueOf(whole, cold.margins, cold.outputs), 6);
  expect(warm.work).toBeLessThan(cold.work);
});

test('no rows of one class: the bias alone has no loss', () => {
  const problem = { ...drawn(8, 50, 3), rows: { count: 50, labels: new Int32Array(50) } };
  const { outputs, margins } = solveMaster(solver, problem);
  expect(valueOf(problem, margins, outputs)).toBeCloseTo(0, 9);
});
