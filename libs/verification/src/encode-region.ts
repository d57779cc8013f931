import type { ModelBuilder } from '@mipnet/mip';
import type { Query } from './query.js';
import { VerificationError } from './verification-error.js';

/** Columns of a query's inputs in a MIP. */
export interface EncodedRegion {
  /** One for each input, with the box as bounds. */
  readonly inputs: Int32Array;
  /** For the goal `closest`: the distance from the centre, the objective. */
  readonly radius?: number;
  /** Fills distances and radius of a point of the model whose inputs are filled. */
  complete(x: Float64Array): void;
}

/**
 * The region as columns and rows, with distances d_i >= |x_i - c_i| only if needed:
 *     l-inf, any:      lower_i <= x_i <= upper_i, no row
 *     l1, any:         sum w_i d_i <= radius
 *     l-inf, closest:  w_i (x_i - c_i) <= r,  w_i (c_i - x_i) <= r,  min r
 *     l1, closest:     sum w_i d_i <= r,  min r
 * Rows are scaled by 1 / w_i if a weight may be large, so that coefficients stay near 1.
 * @throws VerificationError 'unsupported' for an l2 ball, which is not linear
 * @param columns of the inputs, if they exist already; any number for an input that cannot move. @default new ones,
 *   with the box as bounds
 */
export function encodeRegion(builder: ModelBuilder, { region, goal }: Query, columns?: Int32Array): EncodedRegion {
  const { box, ball } = region;
  const inputs = columns ?? Int32Array.from(box.lower, (low, i) => builder.column(low, box.upper[i]));
  if (ball === undefined || (ball.norm === 'linf' && goal === 'any')) return { inputs, complete: () => undefined };
  if (ball.norm === 'l2')
    throw new VerificationError('unsupported', 'an l2 ball has no linear rows, so it has no MIP; use linf or l1');
  const radius = goal === 'closest' ? builder.column(0, ball.radius, { cost: 1 }) : undefined;
  const movable = [...inputs.keys()].filter((i) => box.upper[i] > box.lower[i]);
  const weight = (i: number) => ball.weights?.[i] ?? 1;
  const expression = (columns: number[], values: number[]) => ({ constant: 0, columns, values });

  /** x_i - c_i <= factor * column and c_i - x_i <= factor * column */
  const within = (i: number, column: number, factor: number) => {
    builder.row(-Infinity, expression([inputs[i], column], [1, -factor]), ball.centre[i]);
    builder.row(ball.centre[i], expression([inputs[i], column], [1, factor]), Infinity);
  };
  if (ball.norm === 'linf') {
    for (const i of movable) within(i, radius as number, 1 / weight(i));
    const complete = (x: Float64Array) =>
      void (x[radius as number] = movable.reduce(
        (most, i) => Math.max(most, weight(i) * Math.abs(x[inputs[i]] - ball.centre[i])),
        0,
      ));
    return { inputs, radius, complete };
  }
  const distances = movable.map((i) => {
    const column = builder.column(0, Math.max(box.upper[i] - ball.centre[i], ball.centre[i] - box.lower[i]));
    within(i, column, 1);
    return column;
  });
  const weights = movable.map(weight);
  if (radius === undefined) builder.row(-Infinity, expression(distances, weights), ball.radius);
  else builder.row(-Infinity, expression([...distances, radius], [...weights, -1]), 0);
  const complete = (x: Float64Array) => {
    movable.forEach((i, k) => (x[distances[k]] = Math.abs(x[inputs[i]] - ball.centre[i])));
    if (radius !== undefined) x[radius] = distances.reduce((sum, column, k) => sum + weights[k] * x[column], 0);
  };
  return { inputs, radius, complete };
}
