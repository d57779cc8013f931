import { columnTimes, evaluate } from '@mipnet/mip';
import type { EncodingContext } from '../context.js';
import { constantUnit, type Unit } from '../signal.js';

/**
 * Step u = [a >= 0] with proven L <= a <= U, big-M:
 *
 *     a >= L (1 - u)
 *     a <= U u - eps (1 - u)
 *
 * L and U are proven bounds of the unit, never an M chosen by a user. Decided units (L >= 0 or U < 0) cost no binary.
 * Source: Toro Icarte et al. 2019, constraints (6)-(7), with M per sample and neuron.
 */
export function stepBigM({ builder, completion, epsilon }: EncodingContext, a: Unit): Unit {
  if (a.lower >= 0) return constantUnit(1);
  if (a.upper < 0) return constantUnit(0);
  const u = builder.binary();
  builder.rowOf(a.lower, [a.expression, columnTimes(u)], [1, a.lower], Infinity);
  builder.rowOf(-Infinity, [a.expression, columnTimes(u)], [1, -(a.upper + epsilon)], -epsilon);
  completion.add((x) => (x[u] = evaluate(a.expression, x) >= 0 ? 1 : 0));
  return { expression: columnTimes(u), lower: 0, upper: 1, isTwoValued: true };
}
