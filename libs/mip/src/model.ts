/**
 * A mixed-integer program: minimise cost.x + offset subject to rowLower <= A x <= rowUpper, columnLower <= x <=
 * columnUpper, x_j integer if `integer[j]` is 1. A is stored by rows (compressed sparse rows), in typed arrays from
 * builder to solver.
 */
export interface Model {
  readonly columnCount: number;
  readonly rowCount: number;
  readonly columnLower: Float64Array;
  readonly columnUpper: Float64Array;
  readonly cost: Float64Array;
  readonly offset: number;
  /** 1 for an integer column, 0 for a continuous one. */
  readonly integer: Uint8Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  /** rowCount + 1 positions into `indices` and `values`. */
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

export interface ModelSize {
  readonly columns: number;
  readonly rows: number;
  readonly nonZeros: number;
  readonly integers: number;
}

export const modelSize = (model: Model): ModelSize => ({
  columns: model.columnCount,
  rows: model.rowCount,
  nonZeros: model.indices.length,
  integers: model.integer.reduce((sum, flag) => sum + flag, 0),
});

/** cost.x + offset */
export function objectiveOf(model: Model, x: Float64Array): number {
  let sum = model.offset;
  for (let j = 0; j < model.columnCount; j++) if (model.cost[j] !== 0) sum += model.cost[j] * x[j];
  return sum;
}

/** A x: what each row adds up to. */
export function activitiesOf({ rowCount, starts, indices, values }: Model, x: Float64Array): Float64Array {
  const activities = new Float64Array(rowCount);
  for (let i = 0; i < rowCount; i++)
    for (let k = starts[i]; k < starts[i + 1]; k++) activities[i] += values[k] * x[indices[k]];
  return activities;
}

/** The largest violation of a row, a column bound or an integrality by x. 0 for a feasible point. */
export function violationOf(model: Model, x: Float64Array): number {
  let worst = 0;
  for (let j = 0; j < model.columnCount; j++) {
    worst = Math.max(worst, model.columnLower[j] - x[j], x[j] - model.columnUpper[j]);
    if (model.integer[j]) worst = Math.max(worst, Math.abs(x[j] - Math.round(x[j])));
  }
  activitiesOf(model, x).forEach((activity, i) => {
    worst = Math.max(worst, model.rowLower[i] - activity, activity - model.rowUpper[i]);
  });
  return worst;
}
