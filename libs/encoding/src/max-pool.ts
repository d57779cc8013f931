import { columnTimes, evaluate } from '@mipnet/mip';
import type { EncodingContext } from './context.js';
import type { Unit } from './signal.js';

/**
 * y = max_i x_i with proven l_i <= x_i <= u_i, big-M:
 *
 *     y >= x_i,   y <= x_i + (max_{k != i} u_k - l_i) (1 - z_i),   sum z_i = 1,   z_i binary
 *
 * An input that another one always beats (u_i <= max l_k) is left out first; if one is left there is no binary. Padding
 * is minus infinity, so it is in no window. Not ideal: with three or more inputs the relaxation is larger than the
 * hull. Source: Anderson et al. 2020, section 5; the filter as in Tjeng et al. 2019.
 */
export function maxPool({ builder, completion }: EncodingContext, units: readonly Unit[]): Unit {
  const best = units.reduce((most, unit) => (unit.lower > most.lower ? unit : most));
  const rivals = units.filter((unit) => unit === best || unit.upper > best.lower);
  if (rivals.length === 1) return best;
  const upper = Math.max(...rivals.map((unit) => unit.upper));
  const y = builder.column(best.lower, upper);
  const choices = rivals.map(() => builder.binary());
  rivals.forEach((unit, i) => {
    const others = Math.max(...rivals.filter((_, k) => k !== i).map((other) => other.upper));
    const gap = Math.max(0, others - unit.lower);
    builder.rowOf(0, [columnTimes(y), unit.expression], [1, -1], Infinity);
    builder.rowOf(-Infinity, [columnTimes(y), unit.expression, columnTimes(choices[i])], [1, -1, gap], gap);
  });
  builder.row(1, { constant: 0, columns: choices, values: choices.map(() => 1) }, 1);
  completion.add((x) => {
    const values = rivals.map((unit) => evaluate(unit.expression, x));
    x[y] = Math.max(...values);
    const chosen = values.indexOf(x[y]);
    choices.forEach((z, i) => (x[z] = i === chosen ? 1 : 0));
  });
  const isTwoValued = rivals.every((unit) => unit.isTwoValued && unit.lower === best.lower && unit.upper === upper);
  return { expression: columnTimes(y), lower: best.lower, upper, isTwoValued };
}
