// Tested by ../../training/src/solve/optimality.unit.test.ts.
import { isConstant } from '@mipnet/mip';
import type { EncodingContext } from './context.js';
import { EncodingError } from './encoding-error.js';
import type { FreeDense } from './free-dense.js';
import { product } from './product.js';
import { scaledUnit, weightedSum, type Unit } from './signal.js';

/**
 * v * w for an unknown input v and an unknown weight w of a free layer. Exact in each of these cases, otherwise
 * refused:
 *
 *     v known                   v w is linear
 *     v two-valued              McCormick's four rows (product.ts); w may be anything bounded, real too
 *     v = sum f_i v_i           the same for each two-valued v_i: a ternary activation p - n is two steps
 *     w integer in [l, h]       w = l + sum_k 2^k beta_k, and v beta_k by the four rows: a relu times an integer
 *
 * The digits beta belong to the weight and are shared by all samples.
 * @throws EncodingError 'unsupported' for a real weight on an input of many values
 */
export function weightProduct(context: EncodingContext, v: Unit, free: FreeDense, output: number, input: number): Unit {
  const w = free.weightUnit(output, input);
  if (isConstant(v.expression)) return scaledUnit(w, v.expression.constant);
  if (isConstant(w.expression)) return scaledUnit(v, w.expression.constant);
  if (v.isTwoValued) return product(context, v, w);
  const corners = [v.lower * w.lower, v.lower * w.upper, v.upper * w.lower, v.upper * w.upper];
  // The sum of the terms' bounds is wider than the range of the product.
  const bounded = (unit: Unit): Unit => ({ ...unit, lower: Math.min(...corners), upper: Math.max(...corners) });
  if (v.parts)
    return bounded(
      weightedSum(
        v.parts.units.map((part) => product(context, part, w)),
        v.parts.factors,
        0,
      ),
    );
  const digits = free.weightBits(context, output, input);
  if (digits)
    return bounded(
      weightedSum([v, ...digits.bits.map((bit) => product(context, bit, v))], [digits.constant, ...digits.factors], 0),
    );
  throw new EncodingError(
    'unsupported',
    'real weights on inputs that take more than two values, as a relu between real weights on both sides ' +
      'has them, are not linear: ' +
      'give this layer integer weights (ternary, binary, integer(P)), or put a step, sign or ternary ' +
      'activation before it',
  );
}
