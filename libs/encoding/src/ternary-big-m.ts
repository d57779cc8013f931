import { combination, scaled } from '@mipnet/mip';
import type { EncodingContext } from './context.js';
import { stepBigM } from './step-big-m.js';
import type { Unit } from './signal.js';

/**
 * Ternary activation with threshold t > 0 and proven L <= a <= U:
 *
 *     y = p - n,   p = [a >= t],   n = [-a >= t],   p + n <= 1
 *
 * p and n are steps (step-big-m.ts), so either has no binary where the bounds decide it.
 */
export function ternaryBigM(context: EncodingContext, a: Unit, threshold: number): Unit {
  const p = stepBigM(context, {
    expression: scaled(a.expression, 1, -threshold),
    lower: a.lower - threshold,
    upper: a.upper - threshold,
  });
  const n = stepBigM(context, {
    expression: scaled(a.expression, -1, -threshold),
    lower: -a.upper - threshold,
    upper: -a.lower - threshold,
  });
  if (p.lower < p.upper && n.lower < n.upper) context.builder.rowOf(-Infinity, [p.expression, n.expression], [1, 1], 1);
  const lower = Math.max(-1, p.lower - n.upper);
  const upper = Math.min(1, p.upper - n.lower);
  return {
    expression: combination([p.expression, n.expression], [1, -1]),
    lower,
    upper,
    isTwoValued: upper - lower <= 1,
    parts: { units: [p, n], factors: [1, -1] },
  };
}
