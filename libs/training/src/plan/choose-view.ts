import { explicitRows, seededRandom, stratifiedRows, validationRows, type LoadedDataset } from '@mipnet/dataset';
import { TrainingError } from '../training-error.js';
import type { View } from '../training-problem.js';
import type { Plan } from './plan-schema.js';

/**
 * The rows that a plan trains on and those it keeps to judge by.
 * @param indices text of the plan's index file, where it names one
 */
export function chooseView({ dataset: spec, seed }: Plan, { train, classes, inputShape }: LoadedDataset, indices: string | undefined): View {
  const drawn = spec.seed ?? seed;
  if (spec.shifts > 0 && inputShape.length !== 3) throw new TrainingError('plan', `dataset.shifts: only images can be shifted, and a row of ${train.name} is ${inputShape.join(' x ')}`);
  if (spec.examples !== undefined && spec.perClass !== undefined) throw new TrainingError('plan', 'dataset has both examples and perClass; keep one of them');
  const all = Int32Array.from({ length: train.count }, (_, row) => row);
  // A share of all rows is set aside before any row is chosen for training, so that it is the same for 280 rows and for all.
  const aside = spec.validationFraction === undefined ? undefined : proportionalRows(train.labels, all, Math.round(spec.validationFraction * train.count), drawn, 'validation');
  const isAside = new Set(aside);
  const candidates = all.filter((row) => !isAside.has(row));
  const rows = indices !== undefined ? explicitRows(indices, train.count)
    : spec.examples !== undefined ? proportionalRows(train.labels, candidates, spec.examples, drawn, 'view')
    : spec.perClass !== undefined ? stratifiedRows(train.labels, classes, spec.perClass, drawn)
    : candidates;
  const kept = aside === undefined ? validationRows(train.labels, classes, rows, spec.validationPerClass, drawn) : withoutRows(aside, rows);
  const view: View = {
    rows,
    labels: Int32Array.from(rows, (row) => train.labels[row]),
    classes: Int32Array.from(classes, (_, position) => position),
    shifts: spec.shifts,
    validationRows: kept,
    validationLabels: Int32Array.from(kept, (row) => train.labels[row]),
  };
  checkClasses(view, classes);
  return view;
}

const withoutRows = (rows: Int32Array, taken: Int32Array): Int32Array => {
  const isTaken = new Set(taken);
  return rows.filter((row) => !isTaken.has(row));
};

/** Draws rows so that each class has its share of them (largest remainders), ascending. */
function proportionalRows(labels: Int32Array, candidates: Int32Array, count: number, seed: number, stream: string): Int32Array {
  if (count > candidates.length) throw new TrainingError('plan', `dataset.examples: ${count} training samples were asked for, and there are ${candidates.length}`);
  const shares = [...new Set(candidates.map((row) => labels[row]))].map((label) => {
    const rows = [...candidates].filter((row) => labels[row] === label);
    return { label, rows, exact: (rows.length * count) / candidates.length };
  });
  let left = count - shares.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
  shares.sort((a, b) => (b.exact % 1) - (a.exact % 1) || a.label - b.label);
  const chosen = shares.flatMap(({ label, rows, exact }) => seededRandom(seed, stream, label).shuffle(rows).slice(0, Math.floor(exact) + (left-- > 0 ? 1 : 0)));
  return Int32Array.from(chosen).sort();
}

/** A class that is only in validation would be judged without ever having been taught. */
function checkClasses({ labels, validationLabels }: View, classes: readonly string[]): void {
  const taught = new Set(labels);
  if (taught.size < 2) throw new TrainingError('plan', `dataset: the chosen training rows have ${taught.size === 0 ? 'no class' : `only the class '${classes[labels[0]]}'`}; two are needed`);
  const unknown = validationLabels.find((label) => !taught.has(label));
  if (unknown !== undefined) throw new TrainingError('plan', `dataset: class '${classes[unknown]}' is in validation but not in training; choose training rows of every class`);
}
