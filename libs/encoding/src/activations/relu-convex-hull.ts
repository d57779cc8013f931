// Tested by relu.unit.test.ts.
import type { SparseRow } from '@mipnet/solver';
import { roundOff } from '@mipnet/bounds';
import type { EncodingContext } from '../context.js';
import type { HullNeuron } from '../hull-neuron.js';
import { reluBigM, type ReluColumns } from './relu-big-m.js';
import type { Unit } from '../signal.js';

/**
 * Relu y = max(0, w.x + b) over a box l <= x <= u, convex hull without copies: y >= a, y >= 0, and for every subset I
 * of the inputs
 *
 *     y <= sum_{i in I} w_i (x_i - lo_i (1 - z)) + (b + sum_{i not in I} w_i hi_i) z
 *
 * with (lo_i, hi_i) = (l_i, u_i) if w_i >= 0, otherwise (u_i, l_i). I = all and I = none are the big-M rows, which are
 * in the model; b is raised by the rounding error of w.x + b in the term with z. The others are exponentially many;
 * those that the relaxation violates are added: see hull-rounds.ts. Ideal for one neuron over the box of its inputs, as
 * relu-extended.ts is, without its columns. Source: Anderson et al. 2020, strong mixed-integer programming formulations
 * for trained neural networks, theorem 1.
 */
export function reluConvexHull(context: EncodingContext, a: Unit): ReluColumns {
  const relu = reluBigM(context, a);
  const { y, z } = relu;
  const boxes = Array.from(a.expression.columns, (column) => context.builder.bounds(column));
  context.hull?.push({
    y,
    z,
    expression: a.expression,
    lower: Float64Array.from(boxes, ([lower]) => lower),
    upper: Float64Array.from(boxes, ([, upper]) => upper),
    error: a.error ?? 0,
  });
  return relu;
}

/** An inequality of the hull and by how much x violates it. */
export interface HullCut {
  readonly violation: number;
  readonly row: SparseRow;
}

/**
 * The inequality of the hull that x violates most, in one pass over the inputs: i belongs to I iff its term is the
 * smaller one there, that is w_i x_i < w_i (lo_i (1 - z) + hi_i z). Null if x violates none by more than the tolerance.
 */
export function separateHull(neuron: HullNeuron, x: ArrayLike<number>, tolerance: number): HullCut | null {
  const { columns, values, constant } = neuron.expression;
  const bias = constant + neuron.error;
  const z = x[neuron.z];
  const indices = [neuron.y];
  const coefficients = [1];
  let shift = 0;
  let onZ = bias;
  let rest = bias * z;
  let size = Math.abs(constant) + neuron.error;
  for (let k = 0; k < columns.length; k++) {
    const w = values[k];
    const lo = w * (w >= 0 ? neuron.lower[k] : neuron.upper[k]);
    const hi = w * (w >= 0 ? neuron.upper[k] : neuron.lower[k]);
    const inside = w * x[columns[k]] - lo * (1 - z);
    size += Math.abs(lo) + Math.abs(hi);
    if (inside < hi * z) {
      rest += inside;
      shift += lo;
      onZ += lo;
      indices.push(columns[k]);
      coefficients.push(-w);
    } else {
      rest += hi * z;
      onZ += hi;
    }
  }
  const violation = x[neuron.y] - rest;
  if (violation <= tolerance) return null;
  indices.push(neuron.z);
  coefficients.push(-onZ);
  // The sums are rounded; a row that is loose by as much cuts off no real point.
  return {
    violation,
    row: { lower: -Infinity, upper: -shift + roundOff(2 * columns.length, size), indices, values: coefficients },
  };
}
