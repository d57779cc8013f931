// Tested by conformance.unit.test.ts.
import { roundOff } from '@mipnet/bounds';
import { columnTimes, evaluate, scaled } from '@mipnet/mip';
import type { Quantize } from '@mipnet/network';
import type { EncodingContext } from './context.js';
import { EncodingError } from './encoding-error.js';
import { constantUnit, type Unit } from './signal.js';

/** A solver calls a number integer if it is within 1e-6 of one, and rows hold up to as much. */
export const largestInteger = 2 ** 20;

/**
 * y = floor(a L + 1/2) / L for unknown a as an integer n with y = n / L:
 *
 *     -1/2  <=  L a - n  <=  1/2
 *
 * Halfway between two levels both are feasible: no valid point is lost, and a witness must be replayed. A level that is
 * decided costs no column.
 * @throws EncodingError 'unsupported' for more levels than an integer column can tell apart
 * @param a its bounds are those of y, as bounds on the layer's output prove them
 */
export function quantized({ builder, completion }: EncodingContext, { levels }: Quantize, a: Unit): Unit {
  // The bounds include roundings of far less than half a level, and never exclude a level.
  const [least, most] = [Math.floor(a.lower * levels + 0.5), Math.ceil(a.upper * levels - 0.5)];
  if (least >= most) return constantUnit(least / levels);
  if (Math.max(Math.abs(least), Math.abs(most)) > largestInteger)
    throw new EncodingError(
      'unsupported',
      `a quantize layer (${levels} levels) has no formulation on unknown inputs in [${a.lower}, ${a.upper}]: a MIP ` +
        `would take the integers ${least} to ${most}, and the tolerance of a solver is for ${largestInteger} at most; ` +
        'use fewer levels, or ask about a smaller region',
    );
  const n = builder.column(least, most, { integer: true });
  // The forward pass rounds a L + 1/2 itself.
  const own = roundOff(3, Math.max(Math.abs(a.lower), Math.abs(a.upper)) + 1 / levels);
  const reach = 0.5 + levels * ((a.error ?? 0) + own);
  builder.rowOf(-reach, [a.expression, columnTimes(n)], [levels, -1], reach);
  completion.add((x) => {
    x[n] = Math.min(most, Math.max(least, Math.floor(evaluate(a.expression, x) * levels + 0.5)));
  });
  return {
    expression: scaled(columnTimes(n), 1 / levels),
    lower: least / levels,
    upper: most / levels,
    isTwoValued: most - least === 1,
  };
}
