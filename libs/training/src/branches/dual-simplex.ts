import type { Model } from '@mipnet/mip';
import { BasisInverse, leastPivot } from './basis-inverse.js';
import { ratioTest } from './ratio-test.js';

/** `cutoff`: the objective reached it. `infeasible`: no point; `duals` prove it. `limit`: iterations or digits end. */
export type LpEnd = 'optimal' | 'cutoff' | 'infeasible' | 'limit';

/** Everything that a pivot changes; the bounds are the caller's. */
export interface Basis extends Pick<DualSimplex, 'place' | 'reduced' | 'basic' | 'atUpper'> {
  readonly head: Int32Array;
  readonly inverse: Float64Array;
}

const tolerance = { primal: 1e-9, drift: 1e-6 };
/** Pivots until the inverse is computed anew. */
const freshAfter = 100;

/**
 * The dual simplex method for the LP relaxation of a model with few rows and bounded columns, made for the nodes of a
 * search tree: a change of bounds keeps the basis dual feasible, so the next node continues from the last one. Rows
 * are A x - r = 0 with a bounded column r each; the inverse of the basis is dense; the ratio test passes over columns
 * that can change to their other bound (long steps). Nothing here needs to be trusted: the tree proves its bounds from
 * `duals` in outward-rounded arithmetic. Source: Maros 2003, Computational techniques of the simplex method; Koberstein
 * 2005, The dual simplex method, sections 3.1 and 3.3.
 */
export class DualSimplex {
  /** Bounds of the columns, then of the rows; the caller changes them between solves. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The place of each column in the basis, or -1. Row i is column `columns + i`. */
  readonly place: Int32Array;
  readonly reduced: Float64Array;
  /** Values of the basic columns, by place. */
  readonly basic: Float64Array;
  readonly atUpper: Uint8Array;
  iterations = 0;

  readonly #inverse: BasisInverse;
  readonly #cost: Float64Array;
  readonly #offset: number;
  readonly #alpha: Float64Array;
  readonly #ratio: Float64Array;
  readonly #candidates: Int32Array;
  readonly #sums: Float64Array;
  readonly #duals: Float64Array;

  constructor(model: Model) {
    const { columnCount: columns, rowCount: rows } = model;
    const all = columns + rows;
    this.#inverse = new BasisInverse(model);
    this.#cost = model.cost;
    this.#offset = model.offset;
    this.lower = new Float64Array(all);
    this.upper = new Float64Array(all);
    this.lower.set(model.columnLower);
    this.lower.set(model.rowLower, columns);
    this.upper.set(model.columnUpper);
    this.upper.set(model.rowUpper, columns);
    this.place = Int32Array.from({ length: all }, (_, j) => (j < columns ? -1 : j - columns));
    this.reduced = new Float64Array(all);
    this.reduced.set(model.cost);
    this.basic = new Float64Array(rows);
    this.atUpper = new Uint8Array(all);
    this.#alpha = new Float64Array(all);
    this.#ratio = new Float64Array(all);
    this.#candidates = new Int32Array(all);
    this.#sums = new Float64Array(rows);
    this.#duals = new Float64Array(rows);
  }

  save(): Basis {
    const { place, reduced, basic, atUpper } = this;
    return {
      head: this.#inverse.head.slice(),
      place: place.slice(),
      reduced: reduced.slice(),
      inverse: this.#inverse.values.slice(),
      basic: basic.slice(),
      atUpper: atUpper.slice(),
    };
  }

  restore(basis: Basis): void {
    this.#inverse.head.set(basis.head);
    this.place.set(basis.place);
    this.reduced.set(basis.reduced);
    this.#inverse.values.set(basis.inverse);
    this.basic.set(basis.basic);
    this.atUpper.set(basis.atUpper);
  }

  value(column: number): number {
    const place = this.place[column];
    return place >= 0 ? this.basic[place] : this.#resting(column);
  }

  point(): Float64Array {
    return Float64Array.from({ length: this.#inverse.columns }, (_, j) => this.value(j));
  }

  objective(): number {
    let sum = this.#offset;
    for (let j = 0; j < this.#inverse.columns; j++) if (this.#cost[j] !== 0) sum += this.#cost[j] * this.value(j);
    return sum;
  }

  /** Multipliers of the rows at the end of the last solve; after `infeasible` they lift the bound above its cutoff. */
  duals(): Float64Array {
    return this.#duals.slice();
  }

  /** Minimises until the objective reaches the cutoff, for at most `most` iterations. */
  solve(cutoff: number, most = Infinity): LpEnd {
    if (this.#inverse.pivots > freshAfter && !this.#renew()) return 'limit';
    this.#inverse.norms.fill(1);
    this.#settle();
    let objective = this.objective();
    for (let count = 0; ; count++) {
      const row = this.#leavingRow();
      if (row < 0 || objective >= cutoff) {
        this.#price();
        return row < 0 && objective < cutoff ? 'optimal' : 'cutoff';
      }
      if (count >= most) return this.#ended();
      this.iterations++;
      const end = this.#pivot(row, objective, cutoff);
      if (end !== undefined) return end;
      objective = this.objective();
    }
  }

  #ended(): 'limit' {
    this.#price();
    return 'limit';
  }

  #resting(column: number): number {
    return this.atUpper[column] ? this.upper[column] : this.lower[column];
  }

  /** Puts columns outside the basis at the bound that their reduced costs ask for, and computes the others. */
  #settle(): void {
    const { lower, upper, reduced, atUpper, place } = this;
    const sums = this.#sums.fill(0);
    for (let j = 0; j < place.length; j++) {
      if (place[j] >= 0) continue;
      if (reduced[j] > 1e-12) atUpper[j] = 0;
      else if (reduced[j] < -1e-12) atUpper[j] = 1;
      if (atUpper[j] ? upper[j] === Infinity : lower[j] === -Infinity) atUpper[j] = atUpper[j] ? 0 : 1;
      this.#inverse.addColumn(sums, j, this.#resting(j));
    }
    for (let p = 0; p < this.#inverse.rows; p++) this.basic[p] = -this.#inverse.rowTimes(p, sums);
  }

  /** The place that violates its bounds most, relative to the norm of its row; -1 if none does. */
  #leavingRow(): number {
    let chosen = -1;
    let most = 0;
    for (let p = 0; p < this.#inverse.rows; p++) {
      const j = this.#inverse.head[p];
      const excess = Math.max(this.lower[j] - this.basic[p], this.basic[p] - this.upper[j]);
      if (!(excess > tolerance.primal)) continue;
      const score = (excess * excess) / this.#inverse.norms[p];
      if (score > most) [chosen, most] = [p, score];
    }
    return chosen;
  }

  /** One iteration; the end if there is one. */
  #pivot(row: number, objective: number, cutoff: number): LpEnd | undefined {
    const { lower, upper, place, reduced, basic, atUpper } = this;
    const { head } = this.#inverse;
    const leaving = head[row];
    const isLow = basic[row] < lower[leaving];
    const bound = isLow ? lower[leaving] : upper[leaving];
    const sign = isLow ? -1 : 1;
    const count = this.#priceRow(row, sign);
    const { entering, flips, slope } = ratioTest(
      { candidates: this.#candidates, count, ratio: this.#ratio, alpha: this.#alpha, lower, upper },
      Math.abs(basic[row] - bound),
    );
    if (entering < 0) return this.#proveInfeasible(row, sign, (cutoff - objective + 1) / slope);
    const column = this.#inverse.transformed(entering);
    const pivot = column[row];
    if (Math.abs(pivot) < leastPivot || Math.abs(pivot - this.#alpha[entering]) > tolerance.drift) {
      // Digits were lost: with a new inverse the step is tried again, once.
      if (this.#inverse.pivots === 0 || !this.#renew()) return this.#ended();
      this.#settle();
      return undefined;
    }
    const step = reduced[entering] / pivot;
    for (let j = 0; j < place.length; j++) if (place[j] < 0) reduced[j] -= step * this.#alpha[j];
    reduced[entering] = 0;
    reduced[leaving] = -step;
    this.#flip(flips);
    const move = (basic[row] - bound) / pivot;
    const entered = this.#resting(entering) + move;
    for (let p = 0; p < this.#inverse.rows; p++) basic[p] -= move * column[p];
    this.#inverse.replace(row, column);
    head[row] = entering;
    place[entering] = row;
    place[leaving] = -1;
    atUpper[leaving] = isLow ? 0 : 1;
    basic[row] = entered;
    return undefined;
  }

  /** Row `row` of the tableau; counts the columns whose change helps the leaving one. */
  #priceRow(row: number, sign: number): number {
    const { lower, upper, place, atUpper } = this;
    const { matrix, rows, columns, values: inverse } = this.#inverse;
    const alpha = this.#alpha;
    const base = row * rows;
    let count = 0;
    for (let j = 0; j < place.length; j++) {
      if (place[j] >= 0) {
        alpha[j] = 0;
        continue;
      }
      let sum = 0;
      if (j < columns) for (let i = 0, at = j * rows; i < rows; i++) sum += inverse[base + i] * matrix[at + i];
      else sum = -inverse[base + j - columns];
      alpha[j] = sum;
      if (lower[j] === upper[j]) continue;
      const toward = sign * (atUpper[j] ? -sum : sum);
      const isFree = lower[j] === -Infinity && upper[j] === Infinity;
      if (toward <= leastPivot && !(isFree && Math.abs(sum) > leastPivot)) continue;
      this.#ratio[j] = Math.abs(this.reduced[j] / sum);
      this.#candidates[count++] = j;
    }
    return count;
  }

  /** The multipliers move along the row without end; far enough, they lift the bound above the cutoff. */
  #proveInfeasible(row: number, sign: number, distance: number): LpEnd {
    this.#price();
    const length = Number.isFinite(distance) ? Math.max(distance, 0) : 1;
    const { rows, values: inverse } = this.#inverse;
    for (let i = 0; i < rows; i++) this.#duals[i] += sign * length * inverse[row * rows + i];
    return 'infeasible';
  }

  #flip(columns: readonly number[]): void {
    if (columns.length === 0) return;
    const sums = this.#sums.fill(0);
    for (const j of columns) {
      const before = this.#resting(j);
      this.atUpper[j] = this.atUpper[j] ? 0 : 1;
      this.#inverse.addColumn(sums, j, this.#resting(j) - before);
    }
    for (let p = 0; p < this.#inverse.rows; p++) this.basic[p] -= this.#inverse.rowTimes(p, sums);
  }

  /** False if the basis is singular to working precision. */
  #renew(): boolean {
    if (!this.#inverse.renew()) return false;
    this.#price();
    return true;
  }

  /** Multipliers and reduced costs from the inverse, free of what earlier updates left behind. */
  #price(): void {
    const { place, reduced } = this;
    const { head, matrix, rows, columns, values: inverse } = this.#inverse;
    const duals = this.#duals.fill(0);
    for (let p = 0; p < rows; p++) {
      const cost = head[p] < columns ? this.#cost[head[p]] : 0;
      if (cost !== 0) for (let i = 0; i < rows; i++) duals[i] += cost * inverse[p * rows + i];
    }
    for (let j = 0; j < place.length; j++) {
      let value = 0;
      if (place[j] < 0 && j >= columns) value = duals[j - columns];
      else if (place[j] < 0) {
        value = this.#cost[j];
        for (let i = 0, at = j * rows; i < rows; i++) value -= duals[i] * matrix[at + i];
      }
      reduced[j] = value;
    }
  }
}
