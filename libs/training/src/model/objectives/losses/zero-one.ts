import { columnTimes, evaluate } from '@mipnet/mip';
import type { Loss } from './loss.js';
import { marginExpressions, weighted } from '../margin-expressions.js';

/** A margin that falls short of rho by less than this is round-off. */
const roundOff = 1e-9;

/**
 * How many samples do not reach the margin: sum_k weight_k q_k, q_k binary, with
 *
 *     margin_k + (rho - L_k) q_k >= rho      L_k: a lower bound on the margin
 *
 * Source: the hard fit of Toro Icarte et al. 2019 as a soft one, as in the max-correct objective of Thorbjarnarson and
 * Yorke-Smith and the SM stage of Bernardelli et al.
 */
export const zeroOne: Loss = {
  of: (margin, rho) => (margin >= rho - roundOff ? 0 : 1),
  encode({ builder, completion, samples, margin: rho }) {
    return weighted(
      samples.map((sample) => {
        const margins = marginExpressions(sample);
        const column = builder.binary();
        for (const { expression, lower } of margins) {
          if (lower < rho) builder.rowOf(rho, [expression, columnTimes(column)], [1, rho - lower], Infinity);
        }
        completion.add(
          (x) => (x[column] = margins.every(({ expression }) => evaluate(expression, x) >= rho - roundOff) ? 0 : 1),
        );
        return { column, weight: sample.weight };
      }),
    );
  },
};
