// Tested by ../conformance.unit.test.ts.
import { columnTimes, evaluate, type LinearExpression } from '@mipnet/mip';
import { roundOff } from '@mipnet/bounds';
import type { EncodingContext } from '../context.js';
import { reluBigM, type ReluColumns } from './relu-big-m.js';
import type { Unit } from '../signal.js';

/**
 * Relu y = max(0, w.x + b), with the inputs in N groups S_n and LB_n <= g_n = sum over S_n of w_i x_i <= UB_n:
 *
 *     g_n = p_n + r_n,   sum p_n + b (1 - z) <= 0,   y = sum r_n + b z >= 0,
 *     LB_n (1 - z) <= p_n <= UB_n (1 - z),   LB_n z <= r_n <= UB_n z,   z binary
 *
 * of which only r_n becomes a column (p_n = g_n - r_n); the first row is a big-M row, as in relu-extended.ts, and the
 * row of y is widened by the rounding error of w.x + b. Between the two others: partition(1) = big-M, partition(number
 * of inputs) = extended, which is ideal. Groups are equal in size and hold inputs of similar weight. Source: Tsay et
 * al. 2021, partition-based formulations for mixed-integer optimization of trained ReLU networks.
 */
export function reluPartition(context: EncodingContext, a: Unit, groups: number): ReluColumns {
  const { builder, completion } = context;
  const relu = reluBigM(context, a);
  const { y, z } = relu;
  const active: LinearExpression[] = [];
  for (const group of groupsByWeight(a.expression, groups)) {
    const { lower, upper } = range(builder, group);
    const r = builder.column(Math.min(0, lower), Math.max(0, upper));
    builder.rowOf(0, [columnTimes(r), columnTimes(z)], [1, -lower], Infinity);
    builder.rowOf(-Infinity, [columnTimes(r), columnTimes(z)], [1, -upper], 0);
    builder.rowOf(lower, [group, columnTimes(r), columnTimes(z)], [1, -1, lower], Infinity);
    builder.rowOf(-Infinity, [group, columnTimes(r), columnTimes(z)], [1, -1, upper], upper);
    completion.add((x) => (x[r] = x[z] === 1 ? evaluate(group, x) : 0));
    active.push(columnTimes(r));
  }
  const minusOnes = active.map(() => -1);
  const { error = 0 } = a;
  builder.rowOf(-error, [columnTimes(y), columnTimes(z), ...active], [1, -a.expression.constant, ...minusOnes], error);
  return relu;
}

function groupsByWeight({ columns, values }: LinearExpression, groups: number): LinearExpression[] {
  const order = Array.from(values, (_, k) => k).sort((j, k) => values[j] - values[k] || j - k);
  const count = Math.min(groups, order.length);
  return Array.from({ length: count }, (_, n) => {
    const members = order.slice(Math.floor((n * order.length) / count), Math.floor(((n + 1) * order.length) / count));
    return { constant: 0, columns: members.map((k) => columns[k]), values: members.map((k) => values[k]) };
  });
}

/** Rounded outwards, so that no row cuts off a valid point. */
function range(
  builder: EncodingContext['builder'],
  { columns, values }: LinearExpression,
): { lower: number; upper: number } {
  let lower = 0;
  let upper = 0;
  let size = 0;
  for (let k = 0; k < columns.length; k++) {
    const ends = builder.bounds(columns[k]).map((end) => end * values[k]);
    lower += Math.min(...ends);
    upper += Math.max(...ends);
    size += Math.max(...ends.map(Math.abs));
  }
  const error = columns.length === 1 ? 0 : roundOff(columns.length, size);
  return { lower: lower - error, upper: upper + error };
}
