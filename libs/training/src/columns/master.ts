import type { SessionSolver } from '@mipnet/solver';
import { scoredClasses } from './class-neuron.js';
import type { ColumnRows } from './column-rows.js';
import type { Family } from './family.js';
import { marginsOf } from './margins.js';
import { basisFor, basisOf, restrictedDual, type MasterBasis, type MasterLp } from './master-lp.js';
import { rivalOf } from './rivals.js';
import { Sifting } from './sifting.js';
import { networkOfSparse, scoresOfSparse, sparseSide } from './sparse-neuron.js';

/** The network of the master: the score of class k is biases[k] + sum over its neurons t of outputs[t] * h_t. */
export interface MasterPoint {
  readonly outputs: Float64Array;
  /** One per scored class. */
  readonly biases: Float64Array;
  /**
   * u_ic, per row and rival; those of a row sum up to its cost at most. All sum up to the objective, and every class
   * balances, both up to the solver's tolerance.
   */
  readonly duals: Float64Array;
  /** s_y - s_c, per row and rival. */
  readonly margins: Float64Array;
  readonly basis: MasterBasis;
  /** LP iterations. */
  readonly work: number;
}

export interface MasterProblem {
  readonly rows: Pick<ColumnRows, 'count' | 'labels' | 'classes'>;
  /** c_i of each row. */
  readonly costs: Float64Array;
  readonly activation: Family['activation'];
  /** The class of each neuron, and which rows it fires on. */
  readonly neurons: readonly { readonly class: number; readonly fires: Uint8Array }[];
  /** The solution with the first of the neurons, if there is one. */
  readonly before?: Pick<MasterPoint, 'margins' | 'basis'>;
}

/** Active options in the smallest LP. */
const leastActive = 2000;

/**
 * The master LP over the neurons so far, each with the class k that its output adds to,
 *
 *     min  sum_i c_i max(0, max over c != y_i of 1 - s_{y_i}(i) + s_c(i)) + sum_t |output_t|
 *
 * by its dual, which has a column for every row of data and rival class and a row for every neuron:
 *
 *     max  sum_ic u_ic   s.t.  u_ic >= 0,  sum_c u_ic <= c_i,
 *          sum_i g_ik = 0 for every class k,   -1 <= sum_i g_ik h_t(i) <= 1 for every neuron t of class k
 *     with g_ik = sum_c u_ic ([k = y_i] - [k = c])
 *
 * With two classes it is the same, except that the first class has no score: g_i1 = u_i y_i. Most rows of data have
 * margins far from 1, and then their duals are known. So the LP is solved over the options near the margin (sifting).
 * Sources of the master: Demiriz, Bennett, Shawe-Taylor 2002 (LPBoost), with outputs of either sign; Crammer and Singer
 * 2001 (the loss of several classes).
 */
export function solveMaster(solver: SessionSolver, problem: MasterProblem): MasterPoint {
  const { rows, costs, before } = problem;
  const { count, classes } = rows;
  const neurons = problem.neurons.map((neuron) => sparseSide(neuron.class, neuron.fires, problem.activation));
  const sifting = new Sifting(
    rows,
    before ? Float64Array.from(before.margins) : new Float64Array(count * (classes - 1)),
    before?.basis.options ?? new Int32Array(0),
  );
  sifting.activateNearest(Math.max(leastActive, 4 * neurons.length));
  // The objective of the network that says 0 everywhere: no optimal output is larger. Of biases in ascending order,
  // none is further from the one before than that and one.
  const most = (classes - 1) * (2 + costs.reduce((sum, cost) => sum + cost, 0));
  let basis = before?.basis;
  let work = 0;
  for (;;) {
    const lp = restrictedDual({ rows, neurons, costs, sifting, most });
    const session = solver.open(lp.model);
    try {
      if (basis) session.setBasis(basisFor(basis, lp, sifting));
      const solved = session.solve();
      work += solved.work;
      if (solved.status !== 'optimal' || !solved.x || !solved.duals)
        throw new Error(`the master LP over ${neurons.length} neurons ended as ${solved.status}`);
      const weights = solved.duals.map((dual) => -dual);
      sifting.margins = marginsOf(scoresOfSparse(neurons, weights, rows), rows);
      basis = basisOf(session.basis(), lp, sifting, classes);
      if (sifting.activateContradicted(Math.max(leastActive, lp.options.length)) > 0) continue;
      const first = scoredClasses(classes)[0];
      return {
        ...networkOfSparse(neurons, weights, { first, classes }),
        duals: dualsOf(solved.x, lp, sifting, problem),
        margins: sifting.margins,
        basis,
        work,
      };
    } finally {
      session.close();
    }
  }
}

/** Every row's cost is with its base, except what the LP has moved. */
function dualsOf(
  x: Float64Array,
  { options }: MasterLp,
  { base }: Sifting,
  { rows, costs }: Pick<MasterProblem, 'rows' | 'costs'>,
): Float64Array {
  const { count, labels, classes } = rows;
  const duals = new Float64Array(count * (classes - 1));
  const add = (row: number, of: number, amount: number): void => {
    if (of !== labels[row]) duals[row * (classes - 1) + rivalOf(labels[row], of)] += amount;
  };
  base.forEach((of, row) => add(row, of, costs[row]));
  options.forEach((option, column) => {
    const row = Math.floor(option / classes);
    add(row, base[row], -x[column]);
    add(row, option - row * classes, x[column]);
  });
  return duals;
}
