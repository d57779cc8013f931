import type { Box, InputBall } from './box.js';

type BoxWithBall = Box & { readonly ball: InputBall };

/**
 * A linear form over a box and a ball around `centre`. An input that the box keeps from moving in the direction in
 * which the form falls takes the end of its interval; the others share the radius, of which the form takes at most the
 * dual norm of their coefficients:
 *
 *     min a . x  >=  sum over kept of a_i end_i + sum over others of a_i centre_i - radius * |a_i / w_i of the others|*
 *
 * @returns the value, with all but the final sum rounded down, and the sum of absolute terms for its rounding error
 */
export function leastInBall(
  coefficients: Float64Array,
  box: BoxWithBall,
): { readonly value: number; readonly size: number } {
  const { centre, radius } = box.ball;
  let value = 0;
  let size = 0;
  for (let i = 0; i < coefficients.length; i++) {
    const a = coefficients[i];
    const at = isKept(box, i, a) ? (a > 0 ? box.lower[i] : box.upper[i]) : centre[i];
    const term = a * at;
    value += term;
    size += Math.abs(term);
  }
  // Products and sums of up to `length` terms, a root, and the product with the radius.
  const reach = radius * dualNorm(coefficients, box) * (1 + (coefficients.length + 8) * Number.EPSILON);
  return { value: value - reach, size: size + reach };
}

/** The point that `leastInBall` is about, moved into the box: the least one if the box does not matter. */
export function leastPoint(coefficients: Float64Array, box: BoxWithBall): Float64Array {
  const { norm, centre, radius, weights } = box.ball;
  const whole = dualNorm(coefficients, box);
  let isTaken = false;
  return centre.map((middle, i) => {
    const a = coefficients[i];
    if (isKept(box, i, a)) return a > 0 ? box.lower[i] : box.upper[i];
    const weight = weights?.[i] ?? 1;
    const share = Math.abs(a) / weight;
    // l1: one input of the largest share takes the whole radius.
    if (norm === 'l1' && (isTaken || share < whole)) return middle;
    isTaken = true;
    const way = whole === 0 ? 0 : ((norm === 'l1' ? 1 : share / whole) * radius) / weight;
    return Math.min(box.upper[i], Math.max(box.lower[i], middle - Math.sign(a) * way));
  });
}

/** Whether the box keeps the input from moving off the centre in the direction in which the form falls. */
const isKept = ({ lower, upper, ball }: BoxWithBall, i: number, a: number): boolean =>
  a > 0 ? lower[i] >= ball.centre[i] : upper[i] <= ball.centre[i];

/** Of the inputs that are not kept, of their coefficients divided by their weights. */
function dualNorm(coefficients: Float64Array, box: BoxWithBall): number {
  const { norm, weights } = box.ball;
  const share = (i: number): number =>
    isKept(box, i, coefficients[i]) ? 0 : Math.abs(coefficients[i]) / (weights?.[i] ?? 1);
  let largest = 0;
  for (let i = 0; i < coefficients.length; i++) largest = Math.max(largest, share(i));
  if (norm === 'l1' || largest === 0 || largest === Infinity) return largest;
  // Relative to the largest, so that no square overflows, and one that underflows does not count.
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum += (share(i) / largest) ** 2;
  return largest * Math.sqrt(sum);
}
