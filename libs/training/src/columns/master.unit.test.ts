import { seededRandom } from '@mipnet/dataset';
import { ModelBuilder } from '@mipnet/mip';
import { openSolver } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { scoredClasses } from './class-neuron.js';
import { lossOf, marginsOf } from './margins.js';
import { solveMaster, type MasterPoint, type MasterProblem } from './master.js';

const highs = await openSolver();
const solver = await highs.sessions!();

/** Neurons that fire more often on the rows of their class. With many rows, most are fixed at first. */
function drawn(seed: number, count: number, neurons: number, classes = 2): MasterProblem {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: count }, () => {
    const of = random.integer(2 * classes);
    return of < classes ? of : 0;
  });
  const scored = scoredClasses(classes);
  return {
    rows: { count, labels, classes },
    costs: Float64Array.from({ length: count }, () => 0.02 * (1 + random.integer(2))),
    activation: seed % 2 === 0 ? 'sign' : 'step',
    neurons: Array.from({ length: neurons }, (_, t) => {
      const of = scored[t % scored.length];
      return {
        class: of,
        fires: Uint8Array.from(labels, (label) => (random.integer(10) < (label === of ? 6 : 3) ? 1 : 0)),
      };
    }),
  };
}

const valueOf = ({ costs }: MasterProblem, { margins, outputs }: Pick<MasterPoint, 'margins' | 'outputs'>): number =>
  lossOf(margins, costs) + outputs.reduce((sum, output) => sum + Math.abs(output), 0);

const sumOf = (numbers: Float64Array): number => numbers.reduce((sum, each) => sum + each, 0);

test.each([
  [2, 6000, 12, 2],
  [3, 6000, 12, 2],
  [4, 300, 30, 2],
  [5, 4000, 12, 3],
  [6, 3000, 15, 4],
  [7, 200, 40, 5],
])(
  'network and duals have the same value, so both are optimal (seed %i, %i rows, %i neurons, %i classes)',
  (seed, rows, neurons, classes) => {
    const problem = drawn(seed, rows, neurons, classes);
    const point = solveMaster(solver, problem);
    const value = valueOf(problem, point);
    expect(sumOf(point.duals)).toBeCloseTo(value, 5);
    // The margins are those of the network.
    const { activation, rows: data } = problem;
    const scores = new Float64Array(classes * rows);
    scoredClasses(classes).forEach((of, position) => scores.fill(point.biases[position], of * rows, (of + 1) * rows));
    problem.neurons.forEach(({ class: of, fires }, t) =>
      fires.forEach((fire, row) => {
        scores[of * rows + row] += point.outputs[t] * (fire ? 1 : activation === 'sign' ? -1 : 0);
      }),
    );
    const margins = marginsOf(scores, data);
    for (let at = 0; at < margins.length; at += 97) expect(margins[at]).toBeCloseTo(point.margins[at], 9);
    for (let row = 0; row < rows; row++) {
      const own = point.duals.subarray(row * (classes - 1), (row + 1) * (classes - 1));
      expect(Math.min(...own)).toBeGreaterThanOrEqual(-1e-9);
      expect(sumOf(own)).toBeLessThanOrEqual(problem.costs[row] + 1e-9);
    }
  },
);

test('the optimum of several classes is that of the primal LP, written down', async () => {
  const problem = drawn(9, 60, 8, 3);
  const { rows, costs, neurons, activation } = problem;
  const builder = new ModelBuilder();
  const biases = [0, 1, 2].map(() => builder.column(-Infinity, Infinity));
  const slack = [...costs].map((cost) => builder.column(0, Infinity, { cost }));
  const sides = neurons.map(() => [1, -1].map((sign) => ({ sign, at: builder.column(0, Infinity, { cost: 1 }) })));
  for (let row = 0; row < rows.count; row++) {
    const y = rows.labels[row];
    for (const c of [0, 1, 2]) {
      if (c === y) continue;
      const columns = [biases[y], biases[c], slack[row]];
      const values = [1, -1, 1];
      neurons.forEach(({ class: k, fires }, t) => {
        const h = fires[row] ? 1 : activation === 'sign' ? -1 : 0;
        const entry = (Number(k === y) - Number(k === c)) * h;
        if (entry === 0) return;
        for (const { sign, at } of sides[t]) {
          columns.push(at);
          values.push(sign * entry);
        }
      });
      builder.row(1, { constant: 0, columns, values }, Infinity);
    }
  }
  const { objective } = await highs.solve(builder.build(), { relaxation: true });
  expect(valueOf(problem, solveMaster(solver, problem))).toBeCloseTo(objective!, 6);
});

test.each([
  [5000, 2],
  [2000, 4],
])(
  'with more neurons it starts from the solution before, and ends at the same value as without (%i rows, %i classes)',
  (count, classes) => {
    const whole = drawn(6, count, 14, classes);
    const first = solveMaster(solver, { ...whole, neurons: whole.neurons.slice(0, 9) });
    const warm = solveMaster(solver, { ...whole, before: first });
    const cold = solveMaster(solver, whole);
    expect(valueOf(whole, warm)).toBeCloseTo(valueOf(whole, cold), 6);
    expect(warm.work).toBeLessThan(cold.work);
  },
);

test.each([2, 3])('rows of one class alone: the biases alone have no loss (%i classes)', (classes) => {
  const drawnProblem = drawn(8, 50, 3, classes);
  const problem = { ...drawnProblem, rows: { count: 50, labels: new Int32Array(50), classes } };
  expect(valueOf(problem, solveMaster(solver, problem))).toBeCloseTo(0, 9);
});
