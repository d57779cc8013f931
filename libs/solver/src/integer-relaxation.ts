import type { Model } from '@mipnet/mip';
import { SolverError } from './solve.js';

/**
 * A model with integer columns only, for a solver without real columns. It is a relaxation of the given model: every
 * feasible point of the given model, rounded to the grid, is feasible here, with an objective that is at most `slack`
 * larger. So a bound minus the slack is a bound on the given model, and 'infeasible' is a proof. A point of it violates
 * a row of the given model by less than the usual tolerance of 1e-6.
 *
 * Column j is x_j = lower_j + step_j y_j with y_j = 0..count_j: step 1 for an integer column, a power of two for a real
 * one. A row has each coefficient a_ij step_j times a power of two, rounded; the least power for which this is exact,
 * or else so large that the error is within tolerance. Its sides are moved outwards by the largest rounding error.
 */
export interface IntegerRelaxation {
  readonly model: Model;
  readonly toPoint: (y: Float64Array) => Float64Array;
  readonly fromPoint: (x: Float64Array) => Float64Array;
  /** Of the given model: factor * (cost * y) + constant, but for the slack. */
  readonly objective: { readonly factor: number; readonly constant: number };
  readonly slack: number;
}

/** How far the grid may move a row, how far rounded coefficients may, and how far a side may be from a whole number. */
const gridTolerance = 2e-7;
const coefficientTolerance = 1.5e-7;
const sideTolerance = 1e-7;
/** Sums stay below it, so that they fit into 64 bits with a reserve. */
const mostSum = 2 ** 60;

/**
 * @throws SolverError 'unsupported' for a column without finite bounds, and for numbers that do not fit into 64 bits
 */
export function integerRelaxation(given: Model, solver: string): IntegerRelaxation {
  const { columnCount, columnLower, columnUpper } = given;
  for (let j = 0; j < columnCount; j++)
    if (!Number.isFinite(columnLower[j]) || !Number.isFinite(columnUpper[j]))
      throw new SolverError(
        'unsupported',
        `column ${j} reaches from ${columnLower[j]} to ${columnUpper[j]}, and the solver '${solver}' ` +
          'needs finite bounds: use another solver',
      );
  const steps = stepsOf(given);
  const counts = steps.map((step, j) => Math.round((columnUpper[j] - columnLower[j]) / step));
  const grid: Grid = { given, steps, counts, solver };
  const values = new Float64Array(given.values.length);
  const rowLower = new Float64Array(given.rowCount);
  const rowUpper = new Float64Array(given.rowCount);
  for (let i = 0; i < given.rowCount; i++) {
    const columns = given.indices.subarray(given.starts[i], given.starts[i + 1]);
    const row = wholeRow(grid, `row ${i}`, columns, given.values.subarray(given.starts[i], given.starts[i + 1]));
    values.set(row.values, given.starts[i]);
    const outward = row.slack + sideTolerance;
    // An integer that is at least a side is at least the next integer.
    rowLower[i] = Math.ceil((given.rowLower[i] - row.constant - outward) * row.scale);
    rowUpper[i] = Math.floor((given.rowUpper[i] - row.constant + outward) * row.scale);
  }
  const goal = wholeRow(grid, 'the objective', Int32Array.from(columnLower.keys()), given.cost);
  return {
    model: {
      ...given,
      columnLower: new Float64Array(columnCount),
      columnUpper: counts,
      integer: new Uint8Array(columnCount).fill(1),
      cost: goal.values,
      offset: 0,
      values,
      rowLower,
      rowUpper,
    },
    toPoint: (y) => y.map((value, j) => Math.min(columnLower[j] + steps[j] * value, columnUpper[j])),
    fromPoint: (x) =>
      x.map((value, j) => Math.min(Math.max(Math.round((value - columnLower[j]) / steps[j]), 0), counts[j])),
    objective: { factor: 1 / goal.scale, constant: goal.constant + given.offset },
    slack: goal.slack,
  };
}

interface Grid {
  readonly given: Model;
  readonly steps: Float64Array;
  /** The most that y_j may be. */
  readonly counts: Float64Array;
  readonly solver: string;
}

/**
 * The largest power of two for each real column with which no row, nor the objective, moves by more than the tolerance.
 */
function stepsOf(given: Model): Float64Array {
  const { integer, columnLower, columnUpper } = given;
  const isReal = (j: number): boolean => !integer[j] && columnLower[j] < columnUpper[j];
  const most = new Float64Array(given.columnCount).fill(1);
  const limit = (columns: ArrayLike<number>, values: ArrayLike<number>): void => {
    const own = Array.from(columns, (j, k) => [j, Math.abs(values[k])] as const).filter(([j, a]) => a > 0 && isReal(j));
    for (const [j, a] of own) most[j] = Math.min(most[j], (2 * gridTolerance) / (own.length * a));
  };
  for (let i = 0; i < given.rowCount; i++)
    limit(
      given.indices.subarray(given.starts[i], given.starts[i + 1]),
      given.values.subarray(given.starts[i], given.starts[i + 1]),
    );
  limit(Int32Array.from(given.cost.keys()), given.cost);
  return most.map((step, j) => (isReal(j) ? 2 ** Math.floor(Math.log2(step)) : 1));
}

interface WholeRow {
  /** Whole numbers; divided by the scale, and with the constant, they are the row of the given model. */
  readonly values: Float64Array;
  readonly scale: number;
  readonly constant: number;
  /** How far the sum can be from that of the given row, on a point that was rounded to the grid. */
  readonly slack: number;
}

function wholeRow(
  { given, steps, counts, solver }: Grid,
  name: string,
  columns: Int32Array,
  row: Float64Array,
): WholeRow {
  const fine = row.map((value, k) => value * steps[columns[k]]);
  let constant = 0;
  let slack = 0;
  let sum = 0;
  for (let k = 0; k < fine.length; k++) {
    const j = columns[k];
    constant += row[k] * given.columnLower[j];
    if (!given.integer[j] && counts[j] > 0) slack += Math.abs(fine[k]) / 2;
    sum += Math.abs(fine[k]) * counts[j];
  }
  for (let scale = 1; sum * scale < mostSum; scale *= 2) {
    const values = fine.map((value) => Math.round(value * scale));
    let error = 0;
    for (let k = 0; k < fine.length; k++) error += Math.abs(values[k] / scale - fine[k]) * counts[columns[k]];
    if (error <= (scale < 2 ** 20 ? 0 : coefficientTolerance)) return { values, scale, constant, slack: slack + error };
  }
  throw new SolverError(
    'unsupported',
    `${name} has numbers that do not fit into the 64 bits of the solver '${solver}' (they add up ` +
      `to ${sum.toPrecision(3)}): use another solver`,
  );
}
