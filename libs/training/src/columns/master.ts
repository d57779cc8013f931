import type { Model } from '@mipnet/mip';
import type { Basis, SessionSolver } from '@mipnet/solver';
import type { ColumnRows } from './column-rows.js';
import type { Family } from './family.js';

/** The network of the master: f = bias + sum over t of outputs[t] * h_t, with h_t in {-1, 1} or {0, 1}. */
export interface MasterPoint {
  readonly outputs: Float64Array;
  readonly bias: number;
  /** u_i of each row, 0..cost. Sums to the objective, and balances the classes, both up to the solver's tolerance. */
  readonly duals: Float64Array;
  /** y_i f(i) of each row. */
  readonly margins: Float64Array;
  readonly basis: MasterBasis;
  /** LP iterations. */
  readonly work: number;
}

/** From which the next master starts: the basic rows of data, and the status of each neuron's row. */
export interface MasterBasis {
  readonly rows: Int32Array;
  readonly neurons: Int32Array;
  readonly isBalanceBasic: boolean;
}

export interface MasterProblem {
  readonly rows: Pick<ColumnRows, 'count' | 'labels'>;
  /** c_i of each row. */
  readonly costs: Float64Array;
  readonly activation: Family['activation'];
  /** Which rows each neuron fires on. */
  readonly fires: readonly Uint8Array[];
  /** The solution with the first of the neurons, if there is one. */
  readonly before?: Pick<MasterPoint, 'margins' | 'basis'>;
}

/** A margin this far from 1 contradicts the end at which the row's dual was fixed. */
const tolerance = 1e-9;

/**
 * The master LP over the neurons so far,
 *
 *     min  sum_i c_i max(0, 1 - y_i f(i)) + sum_t |output_t|
 *
 * by its dual, which has a column for every row of data and a row for every neuron:
 *
 *     max  sum_i u_i   s.t.  0 <= u_i <= c_i,  sum_i u_i y_i = 0,  -1 <= sum_i u_i y_i h_t(i) <= 1
 *
 * Most rows of data have a margin far from 1, and then their dual is 0 or c_i. So the LP is solved over the rows near 1
 * (sifting); the others are fixed at the end that their margin tells, and those that the solution contradicts join.
 * Source of the master: Demiriz, Bennett, Shawe-Taylor 2002 (LPBoost), with outputs of either sign.
 */
export function solveMaster(solver: SessionSolver, problem: MasterProblem): MasterPoint {
  const { rows, costs, before } = problem;
  const neurons = problem.fires.map((fires) => sparseSide(fires, problem.activation));
  const sign = Float64Array.from(rows.labels, (label) => (label === 1 ? 1 : -1));
  const margins = before ? Float64Array.from(before.margins) : new Float64Array(rows.count);
  const isFull = Uint8Array.from(margins, (margin) => (margin < 1 ? 1 : 0));
  const isActive = new Uint8Array(rows.count);
  for (const row of before?.basis.rows ?? []) isActive[row] = 1;
  activate(isActive, nearest(margins, isActive, Math.max(leastActive, 4 * neurons.length)));
  // The objective of the network that says 0 everywhere: no optimal output is larger, and the bias only by one.
  const most = 2 + costs.reduce((sum, cost) => sum + cost, 0);
  let basis = before?.basis;
  let work = 0;
  for (;;) {
    const active = positionsOf(isActive);
    const lp = restrictedDual({ neurons, sign, costs, isFull, active, most });
    const session = solver.open(lp);
    try {
      if (basis) session.setBasis(basisFor(basis, active, neurons.length));
      const solved = session.solve();
      work += solved.work;
      if (solved.status !== 'optimal' || !solved.x || !solved.duals)
        throw new Error(`the master LP over ${neurons.length} neurons ended as ${solved.status}`);
      const weights = solved.duals.map((dual) => -dual);
      marginsOf(neurons, sign, weights, margins);
      basis = basisOf(session.basis(), active);
      const wrong = contradicted(margins, isActive, isFull);
      if (wrong.length === 0) {
        const duals = Float64Array.from(costs, (cost, row) => (isFull[row] ? cost : 0));
        active.forEach((row, at) => (duals[row] = isFull[row] ? costs[row] - solved.x![at] : solved.x![at]));
        return { ...networkOf(neurons, weights), duals, margins, basis, work };
      }
      activate(isActive, wrong.slice(0, Math.max(leastActive, active.length)));
    } finally {
      session.close();
    }
  }
}

/** Rows of data in the smallest LP. */
const leastActive = 2000;

/** A neuron by the rows on which it fires, or, if these are more than half, by the others. */
interface SparseNeuron {
  readonly rows: Int32Array;
  readonly isOpposite: boolean;
  /** What sum_i u_i y_i over the rows may be at most: h = 2 z - 1 counts it twice. */
  readonly limit: number;
}

function sparseSide(fires: Uint8Array, activation: Family['activation']): SparseNeuron {
  let ones = 0;
  for (const fire of fires) ones += fire;
  const isOpposite = 2 * ones > fires.length;
  const wanted = isOpposite ? 0 : 1;
  const rows = new Int32Array(isOpposite ? fires.length - ones : ones);
  let next = 0;
  for (let row = 0; row < fires.length; row++) if (fires[row] === wanted) rows[next++] = row;
  return { rows, isOpposite, limit: activation === 'sign' ? 0.5 : 1 };
}

interface Restricted {
  readonly neurons: readonly SparseNeuron[];
  readonly sign: Float64Array;
  readonly costs: Float64Array;
  readonly isFull: Uint8Array;
  readonly active: Int32Array;
  /** No optimal output or bias is larger. */
  readonly most: number;
}

/**
 * The dual over the active rows. A row whose dual is expected at its upper end has the column c_i - u_i, so that all
 * columns start at their lower end. Two more columns per row of the LP stand for the largest output: without them, the
 * fixed duals of a bad guess can make it infeasible.
 */
function restrictedDual({ neurons, sign, costs, isFull, active, most }: Restricted): Model {
  const rowCount = 1 + neurons.length;
  const place = new Int32Array(sign.length).fill(-1);
  active.forEach((row, at) => (place[row] = at));
  const fixed = new Float64Array(rowCount);
  let entries = active.length;
  neurons.forEach(({ rows }, t) => {
    for (const row of rows) {
      if (isFull[row]) fixed[t + 1] += sign[row] * costs[row];
      if (place[row] >= 0) entries++;
    }
  });
  for (let row = 0; row < sign.length; row++) if (isFull[row]) fixed[0] += sign[row] * costs[row];
  entries += 2 * rowCount;
  const starts = new Int32Array(rowCount + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  const signOf = (row: number): number => (isFull[row] ? -sign[row] : sign[row]);
  active.forEach((row, at) => {
    indices[at] = at;
    values[at] = signOf(row);
  });
  let next = active.length;
  const endRow = (t: number): void => {
    for (const side of [0, 1]) {
      indices[next] = active.length + 2 * t + side;
      values[next++] = 1 - 2 * side;
    }
    starts[t + 1] = next;
  };
  endRow(0);
  neurons.forEach(({ rows }, t) => {
    for (const row of rows) {
      if (place[row] < 0) continue;
      indices[next] = place[row];
      values[next++] = signOf(row);
    }
    endRow(t + 1);
  });
  const columnCount = active.length + 2 * rowCount;
  const ofColumns = (of: (row: number) => number, others: number): Float64Array =>
    Float64Array.from({ length: columnCount }, (_, at) => (at < active.length ? of(active[at]) : others));
  return {
    columnCount,
    rowCount,
    columnLower: new Float64Array(columnCount),
    columnUpper: ofColumns((row) => costs[row], Infinity),
    cost: ofColumns((row) => (isFull[row] ? 1 : -1), most),
    offset: 0,
    integer: new Uint8Array(columnCount),
    rowLower: Float64Array.from(fixed, (sum, t) => (t === 0 ? 0 : -neurons[t - 1].limit) - sum),
    rowUpper: Float64Array.from(fixed, (sum, t) => (t === 0 ? 0 : neurons[t - 1].limit) - sum),
    starts,
    indices,
    values,
  };
}

/** y_i f(i) of all rows. @param weights the bias, then one per neuron, for its sparse side */
function marginsOf(
  neurons: readonly SparseNeuron[],
  sign: Float64Array,
  weights: Float64Array,
  margins: Float64Array,
): void {
  margins.fill(weights[0]);
  neurons.forEach(({ rows }, t) => {
    const weight = weights[t + 1];
    if (weight !== 0) for (const row of rows) margins[row] += weight;
  });
  for (let row = 0; row < margins.length; row++) margins[row] *= sign[row];
}

/** From weights of sparse sides to outputs of neurons. */
function networkOf(neurons: readonly SparseNeuron[], weights: Float64Array): Pick<MasterPoint, 'outputs' | 'bias'> {
  let bias = weights[0];
  const outputs = Float64Array.from(neurons, ({ isOpposite, limit }, t) => {
    const own = isOpposite ? -weights[t + 1] : weights[t + 1];
    // A step neuron is z, its opposite 1 - z; a sign neuron is 2 z - 1.
    if (isOpposite) bias += weights[t + 1];
    if (limit === 1) return own;
    bias += own / 2;
    return own / 2;
  });
  return { outputs, bias };
}

/** Rows outside the LP that its solution puts on the other side of 1 than they were fixed for; the worst first. */
function contradicted(margins: Float64Array, isActive: Uint8Array, isFull: Uint8Array): Int32Array {
  const wrong: number[] = [];
  const by = (row: number): number => (isFull[row] ? margins[row] - 1 : 1 - margins[row]);
  for (let row = 0; row < margins.length; row++) if (!isActive[row] && by(row) > tolerance) wrong.push(row);
  return Int32Array.from(wrong).sort((a, b) => by(b) - by(a) || a - b);
}

/** The rows with margins nearest to 1 that are not active yet. */
function nearest(margins: Float64Array, isActive: Uint8Array, count: number): Int32Array {
  const others = positionsOf(isActive.map((active) => 1 - active));
  if (others.length <= count) return others;
  const distance = (row: number): number => Math.abs(margins[row] - 1);
  return others.sort((a, b) => distance(a) - distance(b) || a - b).subarray(0, count);
}

function activate(isActive: Uint8Array, rows: Int32Array): void {
  for (const row of rows) isActive[row] = 1;
}

function positionsOf(marks: Uint8Array): Int32Array {
  const found: number[] = [];
  marks.forEach((mark, row) => {
    if (mark) found.push(row);
  });
  return Int32Array.from(found);
}

const basic = 1;

/** The basis of an LP with other active rows and more neurons: the rows of new neurons are basic. */
function basisFor({ rows, neurons, isBalanceBasic }: MasterBasis, active: Int32Array, count: number): Basis {
  const isBasic = new Set(rows);
  const before = neurons.length;
  return {
    columns: Int32Array.from({ length: active.length + 2 * (1 + count) }, (_, at) =>
      at < active.length && isBasic.has(active[at]) ? basic : 0,
    ),
    rows: Int32Array.from({ length: 1 + count }, (_, t) =>
      t === 0 ? (isBalanceBasic ? basic : 0) : t > before ? basic : neurons[t - 1],
    ),
  };
}

const basisOf = ({ columns, rows }: Basis, active: Int32Array): MasterBasis => ({
  rows: active.filter((_, at) => columns[at] === basic),
  neurons: rows.slice(1),
  isBalanceBasic: rows[0] === basic,
});
