import type { Model } from '@mipnet/mip';

/** Rows to add to a model: compressed sparse rows, as in Model. */
export interface Rows {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** lower.length + 1 positions into `indices` and `values`. */
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** One row; no column twice. */
export interface SparseRow {
  readonly lower: number;
  readonly upper: number;
  readonly indices: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export function rowsFrom(list: readonly SparseRow[]): Rows {
  const starts = new Int32Array(list.length + 1);
  list.forEach((row, i) => (starts[i + 1] = starts[i] + row.indices.length));
  const indices = new Int32Array(starts[list.length]);
  const values = new Float64Array(starts[list.length]);
  list.forEach((row, i) => {
    indices.set(row.indices, starts[i]);
    values.set(row.values, starts[i]);
  });
  return {
    lower: Float64Array.from(list, (row) => row.lower),
    upper: Float64Array.from(list, (row) => row.upper),
    starts,
    indices,
    values,
  };
}

/** The model with rows put after its own. */
export function withRows(model: Model, rows: Rows): Model {
  const entries = model.indices.length;
  return {
    ...model,
    rowCount: model.rowCount + rows.lower.length,
    rowLower: joined(Float64Array, model.rowLower, rows.lower),
    rowUpper: joined(Float64Array, model.rowUpper, rows.upper),
    starts: joined(
      Int32Array,
      model.starts,
      rows.starts.subarray(1).map((start) => start + entries),
    ),
    indices: joined(Int32Array, model.indices, rows.indices),
    values: joined(Float64Array, model.values, rows.values),
  };
}

/** The model without some of its rows; the others keep their order. */
export function withoutRows(model: Model, dropped: readonly number[]): Model {
  const gone = new Set(dropped);
  const kept = Array.from({ length: model.rowCount }, (_, i) => i).filter((i) => !gone.has(i));
  const rows = rowsFrom(
    kept.map((i) => ({
      lower: model.rowLower[i],
      upper: model.rowUpper[i],
      indices: model.indices.subarray(model.starts[i], model.starts[i + 1]),
      values: model.values.subarray(model.starts[i], model.starts[i + 1]),
    })),
  );
  return {
    ...model,
    rowCount: kept.length,
    rowLower: rows.lower,
    rowUpper: rows.upper,
    starts: rows.starts,
    indices: rows.indices,
    values: rows.values,
  };
}

function joined<T extends Float64Array | Int32Array>(make: new (length: number) => T, first: T, second: T): T {
  const both = new make(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
