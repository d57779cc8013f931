// Tested by search-tree.unit.test.ts.
import type { Model } from '@mipnet/mip';
import { certifiedLowerBound } from '@mipnet/solver';
import { DualSimplex } from './dual-simplex.js';
import type { Change } from './search-tree.js';

/** A model without the columns that no point below a cutoff can move. */
export interface Shrunken {
  readonly model: Model;
  /** The column of the whole model behind each column. */
  readonly kept: Int32Array;
  /** The column of this model for each column of the whole one; -1 for a fixed one. */
  readonly at: Int32Array;
  /** Certified lower bound of the LP relaxation; -Infinity if there is none. */
  readonly bound: number;
  /** The point of the relaxation, as one of the whole model. */
  readonly point: Float64Array;
  readonly iterations: number;
  /** A point of this model as one of the whole model. */
  expand(x: Float64Array): Float64Array;
  /** Changes of the whole model's columns in this one; undefined if they leave nothing below the cutoff. */
  narrowed(changes: readonly Change[]): Change[] | undefined;
  /** Changes of this model's columns in the whole one. */
  widened(changes: readonly Change[]): Change[];
}

/** Digits that a reduced cost may have lost: far more than it can. */
const slack = 1e-7;
/** LP iterations for one relaxation. */
const rootIterations = 20_000;

/**
 * Reduced-cost fixing: a point whose integer column j leaves the bound where the LP relaxation has it costs at least
 * the relaxation's bound + |reduced cost|. If that reaches the cutoff, the column stays there, and it leaves the model.
 * Undefined if the relaxation itself reaches the cutoff: no point is below it.
 */
export function shrinkModel(model: Model, cutoff: number): Shrunken | undefined {
  const simplex = new DualSimplex(model);
  const end = simplex.solve(cutoff, rootIterations);
  const bound = certifiedLowerBound(model, simplex.duals()) ?? -Infinity;
  if (bound >= cutoff) return undefined;
  const fixed = new Float64Array(model.columnCount).fill(NaN);
  for (let j = 0; j < model.columnCount; j++) {
    const isHeld = end === 'optimal' && model.integer[j] === 1 && simplex.place[j] < 0;
    if (model.columnLower[j] === model.columnUpper[j]) fixed[j] = model.columnLower[j];
    else if (isHeld && bound + Math.abs(simplex.reduced[j]) - slack * (1 + Math.abs(bound)) >= cutoff)
      fixed[j] = simplex.value(j);
  }
  const kept = Int32Array.from(fixed.keys()).filter((j) => Number.isNaN(fixed[j]));
  const at = new Int32Array(model.columnCount).fill(-1);
  kept.forEach((j, k) => (at[j] = k));
  return {
    model: withoutFixed(model, fixed, kept, at),
    kept,
    at,
    bound,
    point: simplex.point(),
    iterations: simplex.iterations,
    expand: (x) => fixed.map((value, j) => (at[j] < 0 ? value : x[at[j]])),
    narrowed: (changes) =>
      changes.some(([j, lower, upper]) => at[j] < 0 && !(fixed[j] >= lower && fixed[j] <= upper))
        ? undefined
        : changes.filter(([j]) => at[j] >= 0).map(([j, lower, upper]): Change => [at[j], lower, upper]),
    widened: (changes) => changes.map(([j, lower, upper]): Change => [kept[j], lower, upper]),
  };
}

function withoutFixed(model: Model, fixed: Float64Array, kept: Int32Array, at: Int32Array): Model {
  const starts = new Int32Array(model.rowCount + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  const rowLower = model.rowLower.slice();
  const rowUpper = model.rowUpper.slice();
  for (let i = 0; i < model.rowCount; i++) {
    for (let k = model.starts[i]; k < model.starts[i + 1]; k++) {
      const j = model.indices[k];
      if (at[j] < 0) {
        rowLower[i] -= model.values[k] * fixed[j];
        rowUpper[i] -= model.values[k] * fixed[j];
      } else {
        indices.push(at[j]);
        values.push(model.values[k]);
      }
    }
    starts[i + 1] = indices.length;
  }
  const pick = (numbers: Float64Array): Float64Array => Float64Array.from(kept, (j) => numbers[j]);
  return {
    columnCount: kept.length,
    rowCount: model.rowCount,
    columnLower: pick(model.columnLower),
    columnUpper: pick(model.columnUpper),
    cost: pick(model.cost),
    offset: fixed.reduce((sum, value, j) => (at[j] < 0 ? sum + model.cost[j] * value : sum), model.offset),
    integer: Uint8Array.from(kept, (j) => model.integer[j]),
    rowLower,
    rowUpper,
    starts,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}
