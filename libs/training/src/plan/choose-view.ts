import { DatasetError, explicitRows, seededRandom, stratifiedRows, type LoadedDataset } from '@mipnet/dataset';
import { classWeights } from '../problem/class-weights.js';
import { TrainingError } from '../problem/training-error.js';
import type { View } from '../problem/training-problem.js';
import { affineOf } from './affine-schema.js';
import type { Plan } from './plan-schema.js';
import { validationBeside } from './validation-beside.js';

/**
 * The training rows and the validation rows of a plan.
 * @param indices text of the plan's index file, if it names one
 */
export function chooseView({ dataset: spec, seed }: Plan, dataset: LoadedDataset, indices: string | undefined): View {
  const { train, classes, inputShape } = dataset;
  const drawn = spec.seed ?? seed;
  const isImages = inputShape.length === 3;
  const features = `a row of ${train.name} has ${inputShape.join(' x ')} features`;
  if (spec.shifts > 0 && !isImages)
    throw new TrainingError(
      'plan',
      `dataset.shifts: ${spec.shifts} is for images, and ${features}; set dataset.shifts=0`,
    );
  if (spec.affine !== undefined && !isImages)
    throw new TrainingError(
      'plan',
      `dataset.affine: copies are made of images, and ${features}; leave dataset.affine out`,
    );
  if (spec.examples !== undefined && spec.perClass !== undefined)
    throw new TrainingError('plan', 'dataset has both examples and perClass; keep one of them');
  const { rows, kept } = chooseRows(spec, dataset, drawn, indices);
  const labels = Int32Array.from(rows, (row) => train.labels[row]);
  const view: View = {
    rows,
    labels,
    ...(spec.classWeights && { classWeights: classWeights(spec.classWeights, labels, classes) }),
    classes: Int32Array.from(classes, (_, position) => position),
    shifts: spec.shifts,
    ...(spec.affine !== undefined && { affine: affineOf(spec.affine, drawn) }),
    validationRows: kept,
    validationLabels: Int32Array.from(kept, (row) => train.labels[row]),
  };
  checkClasses(view, classes);
  return view;
}

interface ChosenRows {
  readonly rows: Int32Array;
  readonly kept: Int32Array;
}

function chooseRows(
  spec: Plan['dataset'],
  dataset: LoadedDataset,
  seed: number,
  indices: string | undefined,
): ChosenRows {
  const { train, classes } = dataset;
  const all = Int32Array.from({ length: train.count }, (_, row) => row);
  const choose = (candidates: Int32Array): Int32Array | undefined =>
    indices !== undefined
      ? explicitRows(indices, train.count)
      : spec.examples !== undefined
        ? proportionalRows(train.labels, candidates, spec.examples, seed, 'view')
        : spec.perClass !== undefined
          ? drawnPerClass(train.labels, classes, spec.perClass, seed)
          : undefined;
  if (spec.validationFraction !== undefined) {
    // The validation fraction is set aside before training rows are chosen, so that it is the same for 280 training
    // rows and for all.
    const aside = proportionalRows(
      train.labels,
      all,
      Math.round(spec.validationFraction * train.count),
      seed,
      'validation',
    );
    const candidates = withoutRows(all, aside);
    const rows = choose(candidates) ?? candidates;
    return { rows, kept: withoutRows(aside, rows) };
  }
  const chosen = choose(all);
  const kept = validationBeside(chosen, spec.validationPerClass, dataset, seed);
  return { rows: chosen ?? withoutRows(all, kept), kept };
}

function drawnPerClass(labels: Int32Array, classes: readonly string[], perClass: number, seed: number): Int32Array {
  try {
    return stratifiedRows(labels, classes, perClass, seed);
  } catch (cause) {
    throw new DatasetError('bad-input', `dataset.perClass: ${(cause as Error).message}`, { cause });
  }
}

const withoutRows = (rows: Int32Array, taken: Int32Array): Int32Array => {
  const isTaken = new Uint8Array(1 + rows.reduce((most, row) => Math.max(most, row), 0));
  for (const row of taken) isTaken[row] = 1;
  return rows.filter((row) => isTaken[row] === 0);
};

/** Draws rows in proportion to the classes (largest remainders), ascending. */
function proportionalRows(
  labels: Int32Array,
  candidates: Int32Array,
  count: number,
  seed: number,
  stream: string,
): Int32Array {
  if (count > candidates.length)
    throw new TrainingError(
      'plan',
      `dataset.examples: ${count} training samples were asked for, and there are ${candidates.length}`,
    );
  const ofClass = new Map<number, number[]>();
  for (const row of candidates) {
    const rows = ofClass.get(labels[row]);
    if (rows === undefined) ofClass.set(labels[row], [row]);
    else rows.push(row);
  }
  const shares = [...ofClass].map(([label, rows]) => ({
    label,
    rows,
    exact: (rows.length * count) / candidates.length,
  }));
  let left = count - shares.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
  shares.sort((a, b) => (b.exact % 1) - (a.exact % 1) || a.label - b.label);
  const chosen = shares.flatMap(({ label, rows, exact }) =>
    seededRandom(seed, stream, label)
      .shuffle(rows)
      .slice(0, Math.floor(exact) + (left-- > 0 ? 1 : 0)),
  );
  return Int32Array.from(chosen).sort();
}

/** A class that is only in validation would be judged without training. */
function checkClasses({ labels, validationLabels }: View, classes: readonly string[]): void {
  const taught = new Set(labels);
  if (taught.size < 2)
    throw new TrainingError(
      'plan',
      'dataset: the chosen training rows ' +
        `have ${taught.size === 0 ? 'no class' : `only the class '${classes[labels[0]]}'`}; two are needed`,
    );
  const unknown = validationLabels.find((label) => !taught.has(label));
  if (unknown !== undefined)
    throw new TrainingError(
      'plan',
      `dataset: class '${classes[unknown]}' is in validation but not in training; choose training rows of every class`,
    );
}
