import { seededRandom } from '@mipnet/dataset';
import { stratifiedFolds, type Limits, type TrainingProblem, type View } from '@mipnet/training';
import type { Rungs } from './sweep-problem.js';

export interface Scaling extends Pick<Rungs, 'by'> {
  readonly scale: number;
  /** Of a cross-validation. */
  readonly fold?: { readonly number: number; readonly of: number };
  readonly seed: number;
}

/**
 * The training of a rung: a fold of the training rows, of which a fraction is trained on, or with a fraction of the
 * limits. The rows of a smaller rung are among those of a larger one.
 */
export function scaledProblem(problem: TrainingProblem, { by, scale, fold, seed }: Scaling): TrainingProblem {
  const view = fold === undefined ? problem.view : foldOf(problem.view, fold, problem.seed);
  if (scale >= 1) return { ...problem, view };
  if (by === 'limits') return { ...problem, view, limits: scaledLimits(problem.limits, scale) };
  return { ...problem, view: someRows(view, scale, seed) };
}

function foldOf(view: View, { number, of }: { readonly number: number; readonly of: number }, seed: number): View {
  const { train, judged } = stratifiedFolds(view.labels, of, seed)[number];
  return {
    ...pick(view, train),
    validationRows: judged.map((at) => view.rows[at]),
    validationLabels: judged.map((at) => view.labels[at]),
  };
}

/** A fraction of each class, at least two rows of it. */
function someRows(view: View, scale: number, seed: number): View {
  const chosen = [...new Set(view.labels)]
    .sort((one, other) => one - other)
    .flatMap((label) => {
      const own = [...view.labels.keys()].filter((at) => view.labels[at] === label);
      const count = Math.min(own.length, Math.max(2, Math.ceil(scale * own.length - 1e-9)));
      return seededRandom(seed, 'rung', label).shuffle(own).slice(0, count);
    });
  return pick(view, Int32Array.from(chosen).sort());
}

const pick = (view: View, positions: Int32Array): View => ({
  ...view,
  rows: positions.map((at) => view.rows[at]),
  labels: positions.map((at) => view.labels[at]),
});

function scaledLimits({ workLimit, timeLimit, searchLimit, ...others }: Limits, scale: number): Limits {
  return {
    ...others,
    ...(workLimit === undefined ? {} : { workLimit: Math.ceil(scale * workLimit) }),
    ...(timeLimit === undefined ? {} : { timeLimit: scale * timeLimit }),
    ...(searchLimit === undefined ? {} : { searchLimit: Math.max(1, Math.ceil(scale * searchLimit)) }),
  };
}

/** Whether a rung by limits has any to scale. */
export const hasLimits = ({ workLimit, timeLimit, searchLimit }: Limits): boolean =>
  (workLimit ?? 0) > 0 || timeLimit !== undefined || searchLimit !== undefined;
