import { columnTimes, evaluate, type LinearExpression } from '@mipnet/mip';
import { marginExpressions } from './margin-expressions.js';
import { marginOf, type ObjectiveContext, type Replay } from './objective.js';

/**
 * The smallest margin of the fitted samples, maximised: min -m with margin_k >= m for every sample that the fit before
 * it reached. Other samples have no row. Source: the max-margin stage of BeMi (its MM), with one margin for all.
 */
export function encodeMargin({ builder, completion, samples, fitted }: ObjectiveContext): LinearExpression {
  const margins = samples.flatMap((sample, k) => (fitted?.[k] ? marginExpressions(sample) : []));
  const lower = margins.reduce((least, margin) => Math.min(least, margin.lower), 0);
  const upper = margins.reduce((least, margin) => Math.min(least, margin.upper), Infinity);
  const m = builder.column(lower, Number.isFinite(upper) ? Math.max(lower, upper) : 0);
  for (const { expression } of margins) builder.rowOf(0, [expression, columnTimes(m)], [1, -1], Infinity);
  completion.add(
    (x) =>
      (x[m] = margins.reduce(
        (least, { expression }) => Math.min(least, evaluate(expression, x)),
        Number.isFinite(upper) ? upper : 0,
      )),
  );
  return columnTimes(m, -1);
}

/** Minus the smallest margin of the fitted samples; 0 if no sample is fitted. */
export function marginValue({ scores, outputs, labels, fitted }: Replay): number {
  let least = Infinity;
  for (let k = 0; k < labels.length; k++)
    if (fitted?.[k]) least = Math.min(least, marginOf(scores, outputs, k, labels[k]));
  return Number.isFinite(least) ? -least : 0;
}
