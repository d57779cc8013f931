// Tested by sources/sources.unit.test.ts.
import { DatasetError } from './dataset-error.js';
import { selectRows, type Features, type LoadedDataset, type Samples } from './samples.js';
import { stratifiedSplit } from './stratified-split.js';

/** Images of one shape with their classes. */
export interface ImagePart {
  readonly features: Features;
  /** Class index of each image. */
  readonly labels: Int32Array;
}

export interface ImageSet {
  readonly name: string;
  readonly classes: readonly string[];
  /** [channels, rows, columns]. */
  readonly inputShape: readonly number[];
  /** A pixel is a stored number times this. */
  readonly scale: number;
  readonly train: ImagePart;
  /** Without it, a fraction of each class's images is set aside. */
  readonly test?: ImagePart;
  readonly notes: readonly string[];
}

/** Which images are set aside. */
export interface TestChoice {
  /** @default 0.2 */
  readonly testFraction?: number;
  /** @default 0 */
  readonly seed?: number;
}

/** @throws DatasetError 'bad-input' for fewer than two classes */
export function imageDataset(set: ImageSet, { testFraction = 0.2, seed = 0 }: TestChoice): LoadedDataset {
  const { name, classes, inputShape, scale, notes } = set;
  if (classes.length < 2)
    throw new DatasetError(
      'bad-input',
      `${name} has ${classes.length === 0 ? 'no class' : `only the class '${classes[0]}'`}; two are needed`,
    );
  const samples = ({ features, labels }: ImagePart): Samples => ({
    name,
    classes,
    inputShape,
    count: labels.length,
    size: inputShape.reduce((product, side) => product * side, 1),
    features,
    scale,
    labels,
  });
  const all = samples(set.train);
  if (set.test !== undefined) return { name, classes, inputShape, train: all, test: samples(set.test), notes };
  const split = stratifiedSplit(all.labels, classes.length, testFraction, seed);
  return {
    name,
    classes,
    inputShape,
    train: selectRows(all, split.train),
    test: split.test.length > 0 ? selectRows(all, split.test) : null,
    drawnForTest: testFraction,
    notes,
  };
}
