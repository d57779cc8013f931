// Tested by ../../solve/optimality.unit.test.ts.
import { columnTimes, combination, evaluate, scaled, type LinearExpression } from '@mipnet/mip';
import type { ObjectiveContext, ScoredSample } from './objective.js';

/** The margins of a sample over every other class, as expressions with bounds: y s for one score. */
export function marginExpressions({
  scores,
  label,
}: ScoredSample): { expression: LinearExpression; lower: number; upper: number }[] {
  if (scores.length === 1) {
    const [{ expression, lower, upper }] = scores;
    return label === 1
      ? [{ expression, lower, upper }]
      : [{ expression: scaled(expression, -1), lower: -upper, upper: -lower }];
  }
  const own = scores[label];
  return scores.flatMap((other, c) =>
    c === label
      ? []
      : [
          {
            expression: combination([own.expression, other.expression], [1, -1]),
            lower: own.lower - other.upper,
            upper: own.upper - other.lower,
          },
        ],
  );
}

export interface Violation {
  readonly column: number;
  /** Its largest value under the bounds of the scores. */
  readonly most: number;
  readonly weight: number;
}

/**
 * One column xi >= 0 per sample: the amount that its margins lack to rho:
 *
 *     two classes, one score:   y_k s_k + xi_k >= rho            (y = +1 for label 1, -1 for label 0)
 *     more classes:             s_{k,y} - s_{k,c} + xi_k >= rho   for all c != y   (Crammer and Singer)
 *
 * xi has a finite upper bound: the duals of the relaxation then prove a bound even if their last digits are wrong.
 */
export function violations({ builder, completion, samples }: ObjectiveContext, rho: number): Violation[] {
  return samples.map((sample) => {
    const margins = marginExpressions(sample);
    const most = Math.max(0, rho - Math.min(...margins.map(({ lower }) => lower)));
    const xi = builder.column(0, most);
    for (const { expression } of margins) builder.rowOf(rho, [expression, columnTimes(xi)], [1, 1], Infinity);
    completion.add(
      (x) => (x[xi] = Math.max(0, rho - Math.min(...margins.map(({ expression }) => evaluate(expression, x))))),
    );
    return { column: xi, most, weight: sample.weight };
  });
}

/** sum weight * column */
export const weighted = (
  columns: readonly { readonly column: number; readonly weight: number }[],
): LinearExpression => ({
  constant: 0,
  columns: columns.map(({ column }) => column),
  values: columns.map(({ weight }) => weight),
});
