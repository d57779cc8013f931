import { columnTimes, evaluate, isConstant } from '@mipnet/mip';
import type { EncodingContext } from './context.js';
import { EncodingError } from './encoding-error.js';
import { scaledUnit, type Unit } from './signal.js';

/**
 * s = v * w, if v takes only its two end values (a binary, or 2u - 1) and w is any bounded unit. With v in {l, h},
 * z = (v - l) / (h - l) in {0,1} and W_l <= w <= W_h, s lies between the two lines it must lie on at either end:
 *
 *     s >= h w - (h - l) W (1 - z)  and so on: McCormick's four rows, exact because z is binary.
 * @throws EncodingError 'unsupported' if v takes other values too: four rows would then only be a relaxation
 */
export function product({ builder, completion }: EncodingContext, v: Unit, w: Unit): Unit {
  if (isConstant(v.expression)) return scaledUnit(w, v.expression.constant);
  if (isConstant(w.expression)) return scaledUnit(v, w.expression.constant);
  if (!v.isTwoValued) {
    throw new EncodingError(
      'unsupported',
      'unknown weights on inputs that take more than two values are not linear: ' +
        'put a step or sign activation before the free layer, or leave only one of the two layers free',
    );
  }
  const corners = [v.lower * w.lower, v.lower * w.upper, v.upper * w.lower, v.upper * w.upper];
  const lower = Math.min(...corners);
  const upper = Math.max(...corners);
  const s = builder.column(lower, upper);
  const parts = [columnTimes(s), v.expression, w.expression];
  builder.rowOf(-v.lower * w.lower, parts, [1, -w.lower, -v.lower], Infinity);
  builder.rowOf(-v.upper * w.upper, parts, [1, -w.upper, -v.upper], Infinity);
  builder.rowOf(-Infinity, parts, [1, -w.lower, -v.upper], -v.upper * w.lower);
  builder.rowOf(-Infinity, parts, [1, -w.upper, -v.lower], -v.lower * w.upper);
  completion.add((x) => (x[s] = evaluate(v.expression, x) * evaluate(w.expression, x)));
  return { expression: columnTimes(s), lower, upper };
}
