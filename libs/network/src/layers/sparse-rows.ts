// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
/** Compressed sparse rows: the entries of row r are those with starts[r] <= e < starts[r + 1]. */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** The nonzeros of a row-major matrix. */
export function nonZeros(matrix: Float64Array, rows: number, columns: number): SparseRows {
  let count = 0;
  for (const number of matrix) if (number !== 0) count++;
  const starts = new Int32Array(rows + 1);
  const indices = new Int32Array(count);
  const values = new Float64Array(count);
  let entry = 0;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const number = matrix[at];
      if (number === 0) continue;
      indices[entry] = column;
      values[entry++] = number;
    }
    starts[row + 1] = entry;
  }
  return { starts, indices, values };
}

/** Collects rows of unknown length. */
export class RowCollector {
  readonly #starts = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  entry(index: number, value: number): void {
    this.#indices.push(index);
    this.#values.push(value);
  }

  end(): void {
    this.#starts.push(this.#indices.length);
  }

  rows(): SparseRows {
    return {
      starts: Int32Array.from(this.#starts),
      indices: Int32Array.from(this.#indices),
      values: Float64Array.from(this.#values),
    };
  }
}
