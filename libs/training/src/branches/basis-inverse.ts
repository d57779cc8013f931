// Tested by dual-simplex.unit.test.ts.
import type { Model } from '@mipnet/mip';

/** Smallest pivot that is not taken for 0. */
export const leastPivot = 1e-9;

/**
 * The inverse of a basis of A x - r = 0, dense, for models with few rows. Column j is column j of A, or minus the unit
 * vector of row `j - columns`.
 */
export class BasisInverse {
  readonly rows: number;
  readonly columns: number;
  /** A by columns: columns x rows. */
  readonly matrix: Float64Array;
  /** Column of each place of the basis. */
  readonly head: Int32Array;
  /** rows x rows. */
  readonly values: Float64Array;
  /** Estimates of the squared norms of the rows (dual Devex). */
  readonly norms: Float64Array;
  readonly #transformed: Float64Array;
  readonly #sums: Float64Array;
  #pivots = 0;

  constructor(model: Model) {
    const { columnCount: columns, rowCount: rows } = model;
    this.columns = columns;
    this.rows = rows;
    this.matrix = new Float64Array(columns * rows);
    for (let i = 0; i < rows; i++)
      for (let k = model.starts[i]; k < model.starts[i + 1]; k++)
        this.matrix[model.indices[k] * rows + i] = model.values[k];
    this.head = Int32Array.from({ length: rows }, (_, i) => columns + i);
    this.values = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++) this.values[i * rows + i] = -1;
    this.norms = new Float64Array(rows).fill(1);
    this.#transformed = new Float64Array(rows);
    this.#sums = new Float64Array(rows);
  }

  /** Pivots since the inverse was computed from the columns. */
  get pivots(): number {
    return this.#pivots;
  }

  /** sums += factor * column j. */
  addColumn(sums: Float64Array, j: number, factor: number): void {
    if (factor === 0) return;
    if (j >= this.columns) sums[j - this.columns] -= factor;
    else for (let i = 0, at = j * this.rows; i < this.rows; i++) sums[i] += factor * this.matrix[at + i];
  }

  rowTimes(place: number, vector: Float64Array): number {
    let sum = 0;
    for (let i = 0, at = place * this.rows; i < this.rows; i++) sum += this.values[at + i] * vector[i];
    return sum;
  }

  /** Column j in terms of the basis; overwritten by the next call. */
  transformed(j: number): Float64Array {
    const sums = this.#sums.fill(0);
    this.addColumn(sums, j, 1);
    for (let p = 0; p < this.rows; p++) this.#transformed[p] = this.rowTimes(p, sums);
    return this.#transformed;
  }

  /** The inverse and the norms once `column`, in terms of the basis, has replaced the one at place `row`. */
  replace(row: number, column: Float64Array): void {
    const { rows, norms, values } = this;
    const pivot = column[row];
    const base = row * rows;
    for (let i = 0; i < rows; i++) values[base + i] /= pivot;
    for (let p = 0; p < rows; p++) {
      const factor = column[p];
      if (p === row || factor === 0) continue;
      for (let i = 0, at = p * rows; i < rows; i++) values[at + i] -= factor * values[base + i];
      norms[p] = Math.max(norms[p], (factor / pivot) ** 2 * norms[row]);
    }
    norms[row] = Math.max(norms[row] / pivot ** 2, 1);
    this.#pivots++;
  }

  /** The inverse by elimination with row exchanges; false if the basis is singular to working precision. */
  renew(): boolean {
    const rows = this.rows;
    const work = new Float64Array(rows * rows);
    const made = new Float64Array(rows * rows);
    const unit = new Float64Array(rows);
    for (let p = 0; p < rows; p++) {
      this.addColumn(unit.fill(0), this.head[p], 1);
      for (let i = 0; i < rows; i++) work[i * rows + p] = unit[i];
      made[p * rows + p] = 1;
    }
    for (let p = 0; p < rows; p++) {
      let best = p;
      for (let i = p + 1; i < rows; i++) if (Math.abs(work[i * rows + p]) > Math.abs(work[best * rows + p])) best = i;
      if (Math.abs(work[best * rows + p]) < leastPivot) return false;
      for (const matrix of [work, made]) exchangeRows(matrix, rows, p, best);
      const pivot = work[p * rows + p];
      for (let i = 0; i < rows; i++) {
        const factor = i === p ? 0 : work[i * rows + p] / pivot;
        if (factor !== 0) for (const matrix of [work, made]) subtractRow(matrix, rows, [i, p], factor);
      }
      for (let k = 0; k < rows; k++) {
        work[p * rows + k] /= pivot;
        made[p * rows + k] /= pivot;
      }
    }
    this.values.set(made);
    this.#pivots = 0;
    return true;
  }
}

function exchangeRows(matrix: Float64Array, size: number, a: number, b: number): void {
  if (a === b) return;
  const kept = matrix.slice(a * size, (a + 1) * size);
  matrix.copyWithin(a * size, b * size, (b + 1) * size);
  matrix.set(kept, b * size);
}

function subtractRow(matrix: Float64Array, size: number, [to, from]: readonly number[], factor: number): void {
  for (let k = 0; k < size; k++) matrix[to * size + k] -= factor * matrix[from * size + k];
}
