/** The entries of a matrix that are not 0, column by column. */
export interface SparseColumns {
  /** Where each column begins in `rows` and `values`; the last number is where they end. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

const known = new WeakMap<Float64Array, SparseColumns>();

/**
 * The columns of a matrix, which must not change afterwards: they are computed once per array.
 * @param features rows x inputs, row-major
 */
export function sparseColumns(features: Float64Array, inputs: number): SparseColumns {
  const columns = known.get(features) ?? computed(features, inputs);
  known.set(features, columns);
  return columns;
}

function computed(features: Float64Array, inputs: number): SparseColumns {
  const starts = new Int32Array(inputs + 1);
  const count = inputs === 0 ? 0 : features.length / inputs;
  for (let k = 0; k < count; k++)
    for (let i = 0, at = k * inputs; i < inputs; i++, at++) if (features[at] !== 0) starts[i + 1]++;
  for (let i = 0; i < inputs; i++) starts[i + 1] += starts[i];
  const next = starts.slice(0, inputs);
  const rows = new Int32Array(starts[inputs]);
  const values = new Float64Array(starts[inputs]);
  for (let k = 0; k < count; k++)
    for (let i = 0, at = k * inputs; i < inputs; i++, at++) {
      if (features[at] === 0) continue;
      rows[next[i]] = k;
      values[next[i]++] = features[at];
    }
  return { starts, rows, values };
}
