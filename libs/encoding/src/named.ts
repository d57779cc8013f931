import { columnTimes, evaluate } from '@mipnet/mip';
import type { EncodingContext } from './context.js';
import type { Unit } from './signal.js';

/**
 * The unit as a column of its own, with one row, unless it is a single column already. It keeps rows sparse: a long
 * expression is written once for all its uses. The column is the computed number: a rounding error ends in this row.
 */
export function named({ builder, completion }: EncodingContext, unit: Unit): Unit {
  const { error = 0 } = unit;
  if (unit.expression.columns.length <= 1 && error === 0) return unit;
  const column = builder.column(unit.lower, unit.upper);
  builder.rowOf(-error, [unit.expression, columnTimes(column)], [1, -1], error);
  completion.add((x) => (x[column] = evaluate(unit.expression, x)));
  return { ...unit, expression: columnTimes(column), error: undefined };
}
