// Tested by ../conformance.unit.test.ts.
import { scaled } from '@mipnet/mip';
import type { Break, PiecewiseLinear } from '@mipnet/network';
import type { EncodingContext } from '../context.js';
import { scaledUnit, weightedSum, type Unit } from '../signal.js';
import { stepBigM } from './step-big-m.js';

/**
 * A function that jumps from constant to constant, with proven L <= a <= U: one step per jump (step-big-m.ts), closed
 * on the side that the break belongs to,
 *
 *     y = c + sum d_k u_k,   u_k = [a >= t_k] or [a <= t_k]
 *
 * and neighbours exclude or imply each other: u_k + u_l <= 1 if they face away from each other, otherwise u_k <= u_l.
 *
 *     step:     y = u,  u = [a >= 0]                       sign:  y = 2u - 1
 *     ternary:  y = p - n,  p = [a >= t],  n = [a <= -t],  p + n <= 1
 *
 * A step that the bounds decide costs no binary.
 */
export function jumps(context: EncodingContext, { breaks, pieces }: PiecewiseLinear, a: Unit): Unit {
  const units: Unit[] = [];
  const factors: number[] = [];
  let constant = pieces[0].offset;
  // The last jump first: repeatable runs depend on the order of rows.
  for (let k = breaks.length - 1; k >= 0; k--) {
    const height = pieces[k + 1].offset - pieces[k].offset;
    const isUpward = breaks[k].belongsTo === 'right';
    if (!isUpward) constant += height;
    units.push(stepBigM(context, beyond(a, breaks[k])));
    factors.push(isUpward ? height : -height);
    const [unit, before] = [units.at(-1)!, units.at(-2)];
    if (before && unit.lower < unit.upper && before.lower < before.upper)
      excludeOrder(context, [before, unit], [breaks[k + 1], breaks[k]]);
  }
  if (units.length === 1)
    return factors[0] === 1 && constant === 0 ? units[0] : scaledUnit(units[0], factors[0], constant);
  const { expression, lower, upper } = weightedSum(units, factors, constant);
  const offsets = pieces.map(({ offset }) => offset);
  return {
    expression,
    lower: Math.max(Math.min(...offsets), lower),
    upper: Math.min(Math.max(...offsets), upper),
    isTwoValued: units.filter((unit) => unit.lower < unit.upper).length <= 1,
    ...(constant === 0 && { parts: { units, factors } }),
  };
}

/**
 * The pre-activation of the step of a break. If all computed numbers are multiples of a step, the threshold moves to
 * the middle between the two that it separates: no number lies on it, where a MIP would allow both sides.
 */
function beyond(a: Unit, { at, belongsTo }: Break): Unit {
  if (belongsTo === 'right') {
    const from = thresholdOf(a, at, 1);
    if (from === 0) return a;
    return { expression: scaled(a.expression, 1, -from), lower: a.lower - from, upper: a.upper - from };
  }
  const to = thresholdOf(a, at, -1);
  return { expression: scaled(a.expression, -1, to), lower: to - a.upper, upper: to - a.lower };
}

/** Half a step outside of the multiple of the step that is the nearest one on this side of the break, or on it. */
function thresholdOf({ step = 0 }: Unit, at: number, side: 1 | -1): number {
  if (!(step > 0 && Number.isFinite(step))) return at;
  let multiple = side * Math.ceil((side * at) / step);
  // The quotient of the smallest number underflows.
  if (side * multiple * step < side * at) multiple += side;
  return (multiple - side / 2) * step;
}

/** The excluded combination of two steps; the first one has the later break. */
function excludeOrder(
  { builder }: EncodingContext,
  [later, earlier]: readonly [Unit, Unit],
  [one, other]: readonly [Break, Break],
): void {
  const expressions = [later.expression, earlier.expression];
  if (one.belongsTo === 'right' && other.belongsTo === 'left') builder.rowOf(-Infinity, expressions, [1, 1], 1);
  else if (one.belongsTo === 'right') builder.rowOf(-Infinity, expressions, [1, -1], 0);
  else if (other.belongsTo === 'left') builder.rowOf(-Infinity, expressions, [-1, 1], 0);
  else builder.rowOf(1, expressions, [1, 1], Infinity);
}
