import type { Model } from './model.js';

/** The matrix of a model by columns (compressed sparse columns); rows are ascending within a column. */
export interface Columns {
  /** columnCount + 1 positions into `rows` and `values`. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

export function transposed({ columnCount, rowCount, starts, indices, values }: Model): Columns {
  const ends = new Int32Array(columnCount + 1);
  for (const j of indices) ends[j + 1]++;
  for (let j = 0; j < columnCount; j++) ends[j + 1] += ends[j];
  const columns = {
    starts: ends.slice(),
    rows: new Int32Array(indices.length),
    values: new Float64Array(values.length),
  };
  for (let i = 0; i < rowCount; i++) {
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      const at = ends[indices[k]]++;
      columns.rows[at] = i;
      columns.values[at] = values[k];
    }
  }
  return columns;
}
