// Tested by ../conformance.unit.test.ts.
import { columnTimes, evaluate } from '@mipnet/mip';
import type { EncodingContext } from '../context.js';
import type { Unit } from '../signal.js';

/** The columns of an undecided neuron: y = max(0, a), s = max(0, -a), z = [a >= 0]. */
export interface ReluColumns {
  readonly y: number;
  readonly s: number;
  readonly z: number;
}

/**
 * Relu y = max(0, a) with proven L < 0 < U, big-M:
 *
 *     y >= a,   y >= 0,   y <= a - L (1 - z),   y <= U z,   z binary
 *
 * written with the slack s = y - a >= 0, so that the long expression a stands in one row only:
 *
 *     y - s = a,   s <= -L (1 - z),   y <= U z
 *
 * where the first row is widened by the rounding error of a: y and s are of the computed number.
 *
 * L and U are proven bounds of the unit, never an M chosen by a user. Ideal (its relaxation is the convex hull) for a
 * neuron of one input; with more inputs the relaxation is larger than the hull. Sources: Tjeng et al. 2019; Fischetti
 * and Jo 2018 for the slack.
 */
export function reluBigM({ builder, completion }: EncodingContext, a: Unit): ReluColumns {
  const y = builder.column(0, a.upper);
  const s = builder.column(0, -a.lower);
  const z = builder.binary();
  const { error = 0 } = a;
  builder.rowOf(-error, [a.expression, columnTimes(y), columnTimes(s)], [1, -1, 1], error);
  builder.rowOf(-Infinity, [columnTimes(s), columnTimes(z)], [1, -a.lower], -a.lower);
  builder.rowOf(-Infinity, [columnTimes(y), columnTimes(z)], [1, -a.upper], 0);
  completion.add((x) => {
    const value = evaluate(a.expression, x);
    x[y] = Math.max(0, value);
    x[s] = Math.max(0, -value);
    x[z] = value >= 0 ? 1 : 0;
  });
  return { y, s, z };
}
