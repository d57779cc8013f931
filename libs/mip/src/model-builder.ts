import { GrowingArray } from './growing-array.js';
import type { LinearExpression } from './linear-expression.js';
import type { Model } from './model.js';

export interface ColumnOptions {
  readonly cost?: number;
  readonly integer?: boolean;
}

const float64 = (length: number): Float64Array => new Float64Array(length);
const int32 = (length: number): Int32Array => new Int32Array(length);
const uint8 = (length: number): Uint8Array => new Uint8Array(length);

/** Grows a Model column by column and row by row. Bounds may be infinite; coefficients must be finite. */
export class ModelBuilder {
  #columnLower = new GrowingArray(float64);
  #columnUpper = new GrowingArray(float64);
  #cost = new GrowingArray(float64);
  #integer = new GrowingArray(uint8);
  #rowLower = new GrowingArray(float64);
  #rowUpper = new GrowingArray(float64);
  #starts = new GrowingArray(int32);
  #indices = new GrowingArray(int32);
  #values = new GrowingArray(float64);
  /** For each column, one past the position of its latest entry: how a row finds that it holds the column already. */
  #latest = new GrowingArray(int32);
  #offset = 0;

  constructor() {
    this.#starts.push(0);
  }

  get columnCount(): number {
    return this.#cost.length;
  }

  get rowCount(): number {
    return this.#rowLower.length;
  }

  /** @returns the index of the new column */
  column(lower: number, upper: number, options: ColumnOptions = {}): number {
    if (!(lower <= upper))
      throw new RangeError(`column ${this.columnCount}: lower bound ${lower} is not below upper bound ${upper}`);
    this.#columnLower.push(lower);
    this.#columnUpper.push(upper);
    this.#cost.push(options.cost ?? 0);
    this.#integer.push(options.integer ? 1 : 0);
    this.#latest.push(0);
    return this.columnCount - 1;
  }

  binary(options: { readonly cost?: number } = {}): number {
    return this.column(0, 1, { ...options, integer: true });
  }

  bounds(column: number): readonly [lower: number, upper: number] {
    return [this.#columnLower.at(column), this.#columnUpper.at(column)];
  }

  /** Adds to the cost of a column. */
  addCost(column: number, cost: number): void {
    this.#cost.set(column, this.#cost.at(column) + cost);
  }

  addOffset(value: number): void {
    this.#offset += value;
  }

  /** Adds factor * expression to the objective. */
  addObjective(expression: LinearExpression, factor = 1): void {
    this.#offset += factor * expression.constant;
    for (let k = 0; k < expression.columns.length; k++)
      this.addCost(expression.columns[k], factor * expression.values[k]);
  }

  /** lower <= expression <= upper; the constant moves to the bounds. @returns the index of the new row */
  row(lower: number, expression: LinearExpression, upper: number): number {
    return this.rowOf(lower, [expression], [1], upper);
  }

  /**
   * lower <= sum of factor * expression <= upper; terms of one column become one entry.
   * @throws RangeError for a column that is not there
   */
  rowOf(lower: number, expressions: readonly LinearExpression[], factors: ArrayLike<number>, upper: number): number {
    let shift = 0;
    const start = this.#indices.length;
    for (let e = 0; e < expressions.length; e++) {
      const { constant, columns, values } = expressions[e];
      const factor = factors[e];
      shift += factor * constant;
      for (let k = 0; k < columns.length; k++) this.#entry(start, columns[k], factor * values[k]);
    }
    if (Number.isNaN(lower - shift) || Number.isNaN(upper - shift)) {
      throw new RangeError(
        `row ${this.rowCount}: its bounds ${lower} and ${upper} minus the constant ${shift} are no numbers`,
      );
    }
    this.#rowLower.push(lower - shift);
    this.#rowUpper.push(upper - shift);
    this.#starts.push(this.#indices.length);
    return this.rowCount - 1;
  }

  /** Solvers refuse a row that names a column twice, and expressions may. */
  #entry(rowStart: number, column: number, value: number): void {
    if (!(column >= 0 && column < this.columnCount))
      throw new RangeError(`row ${this.rowCount}: there is no column ${column} among ${this.columnCount}`);
    if (!Number.isFinite(value))
      throw new RangeError(
        `row ${this.rowCount}: the coefficient of column ${column} is ${value}; coefficients must be finite`,
      );
    const at = this.#latest.at(column) - 1;
    if (at >= rowStart) {
      this.#values.set(at, this.#values.at(at) + value);
      return;
    }
    this.#indices.push(column);
    this.#values.push(value);
    this.#latest.set(column, this.#indices.length);
  }

  build(): Model {
    const cost = this.#cost.toArray();
    const bad = cost.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new RangeError(`column ${bad}: its cost is ${cost[bad]}; costs must be finite`);
    if (!Number.isFinite(this.#offset))
      throw new RangeError(`the objective's constant is ${this.#offset}; it must be finite`);
    return {
      columnCount: this.columnCount,
      rowCount: this.rowCount,
      columnLower: this.#columnLower.toArray(),
      columnUpper: this.#columnUpper.toArray(),
      cost,
      offset: this.#offset,
      integer: this.#integer.toArray(),
      rowLower: this.#rowLower.toArray(),
      rowUpper: this.#rowUpper.toArray(),
      starts: this.#starts.toArray(),
      indices: this.#indices.toArray(),
      values: this.#values.toArray(),
    };
  }
}
