import { columnTimes } from '@mipnet/mip';
import type { Loss } from './loss.js';
import { violations, weighted } from '../margin-expressions.js';

/** Ends of the pieces, in units of rho; beyond the last one the slope stays. */
const knots = [0, 0.5, 1, 1.5, 2, 3, 4];

/** The chord of t^2 from one knot a to the next, b: (a + b) t - a b. */
const chords = knots.slice(1).map((b, piece) => ({ slope: knots[piece] + b, offset: -knots[piece] * b }));

const piecewiseSquare = (t: number): number =>
  chords.reduce((most, { slope, offset }) => Math.max(most, slope * t + offset), 0);

/**
 * Squared hinge loss (max(0, rho - margin) / rho)^2, replaced by its chords between fixed knots. So it is piecewise
 * linear and convex, and the MIP and the forward pass compute the same number:
 *
 *     c_k >= (a + b) xi_k / rho - a b      for every piece [a, b]
 *
 * Source: Thorbjarnarson and Yorke-Smith, whose squared hinge is piecewise linear too.
 */
export const squaredHinge: Loss = {
  of: (margin, rho) => piecewiseSquare(Math.max(0, rho - margin) / rho),
  encode(context) {
    const { builder, completion, margin: rho } = context;
    return weighted(
      violations(context, rho).map((violation) => {
        const column = builder.column(0, piecewiseSquare(violation.most / rho));
        for (const { slope, offset } of chords)
          builder.rowOf(offset, [columnTimes(column), columnTimes(violation.column)], [1, -slope / rho], Infinity);
        completion.add((x) => (x[column] = piecewiseSquare(x[violation.column] / rho)));
        return { column, weight: violation.weight };
      }),
    );
  },
};
