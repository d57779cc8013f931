/**
 * The rows of a problem as `columns` reads them: every input as a whole number of steps of the grid, equal rows merged.
 */
export interface ColumnRows {
  readonly count: number;
  readonly inputs: number;
  /** Every input is a whole multiple of it. */
  readonly grid: number;
  /** count x inputs, row-major, in steps of the grid. */
  readonly values: Uint8Array | Int32Array;
  /** How many classes there are. */
  readonly classes: number;
  /** Position in the view's classes. */
  readonly labels: Int32Array;
  /** How many equal rows each one stands for, times the weight of its class. */
  readonly weights: Float64Array;
}
