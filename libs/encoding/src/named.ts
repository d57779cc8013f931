import { columnTimes, evaluate } from '@mipnet/mip';
import type { EncodingContext } from './context.js';
import type { Unit } from './signal.js';

/**
 * The unit as a column of its own, with one equality row, unless it is a single column already. It keeps rows sparse:
 * a long expression is written once, whatever uses it.
 */
export function named({ builder, completion }: EncodingContext, unit: Unit): Unit {
  if (unit.expression.columns.length <= 1) return unit;
  const column = builder.column(unit.lower, unit.upper);
  builder.rowOf(0, [unit.expression, columnTimes(column)], [1, -1], 0);
  completion.add((x) => (x[column] = evaluate(unit.expression, x)));
  return { ...unit, expression: columnTimes(column) };
}
