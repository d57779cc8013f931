// Tested by ../conformance.unit.test.ts.
import { columnTimes } from '@mipnet/mip';
import type { EncodingContext } from '../context.js';
import { reluBigM, type ReluColumns } from './relu-big-m.js';
import type { Unit } from '../signal.js';

/**
 * Relu y = max(0, w.x + b) over a box l <= x <= u, extended: x is copied into an inactive part x0 and an active part
 * x1,
 *
 *     x = x0 + x1,   w.x0 + b (1 - z) <= 0,   y = w.x1 + b z >= 0,
 *     l (1 - z) <= x0 <= u (1 - z),   l z <= x1 <= u z,   z binary
 *
 * of which only x1 becomes columns (x0 = x - x1); the row of y is widened by the rounding error of w.x + b. In these
 * terms y - a = -(w.x0 + b (1 - z)), so the first row and proven bounds L <= a <= U tighter than the box are the big-M
 * rows, which are added, too. Ideal for one neuron over the box of its inputs. Size: one column and four inequalities
 * per input. Source: Balas 1998 on disjunctions; Anderson et al. 2020, proposition 2.
 */
export function reluExtended(context: EncodingContext, a: Unit): ReluColumns {
  const { builder, completion } = context;
  const relu = reluBigM(context, a);
  const { y, z } = relu;
  const { columns, values, constant: bias } = a.expression;
  const active: number[] = [];
  for (let k = 0; k < columns.length; k++) {
    const x = columns[k];
    const [lower, upper] = builder.bounds(x);
    const x1 = builder.column(Math.min(0, lower), Math.max(0, upper));
    builder.rowOf(0, [columnTimes(x1), columnTimes(z)], [1, -lower], Infinity);
    builder.rowOf(-Infinity, [columnTimes(x1), columnTimes(z)], [1, -upper], 0);
    builder.rowOf(lower, [columnTimes(x), columnTimes(x1), columnTimes(z)], [1, -1, lower], Infinity);
    builder.rowOf(-Infinity, [columnTimes(x), columnTimes(x1), columnTimes(z)], [1, -1, upper], upper);
    completion.add((point) => (point[x1] = point[z] === 1 ? point[x] : 0));
    active.push(x1);
  }
  const { error = 0 } = a;
  builder.rowOf(
    -error,
    [columnTimes(y), { constant: 0, columns: active, values }, columnTimes(z)],
    [1, -1, -bias],
    error,
  );
  return relu;
}
