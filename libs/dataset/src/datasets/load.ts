import { DatasetError } from '../dataset-error.js';
import { clipOutliers } from '../clip-outliers.js';
import type { LoadedDataset } from '../samples.js';
import type { DatasetKeys, LoadOptions, NamedDataset } from './named-dataset.js';
import { datasetNamed, datasetNames } from './registry.js';

export interface DatasetSpec extends DatasetKeys {
  readonly name: string;
  /** Of a table: see `clipOutliers`. */
  readonly deviations?: number;
  /** Of images: see `deskewed`. */
  readonly deskew?: boolean;
}

/**
 * Loads a data set by its name. There is no fallback: a data set that is not available is an error.
 * @throws DatasetError
 */
export async function loadDataset(
  { name, deviations, deskew, ...keys }: DatasetSpec,
  options: LoadOptions = {},
): Promise<LoadedDataset> {
  const dataset = datasetNamed(name);
  if (dataset === undefined)
    throw new DatasetError('bad-input', `there is no data set '${name}'. Known: ${datasetNames.join(', ')}.`);
  checkKeys(dataset, keys);
  const loaded = await dataset.load(keys, options);
  const clipped = deviations === undefined ? loaded : clipOutliers(loaded, deviations);
  return deskew === true ? withDeskew(clipped) : clipped;
}

/** Images stay as they are, and are deskewed whenever a network reads them: copies are made of the images before. */
export function withDeskew(dataset: LoadedDataset): LoadedDataset {
  const { name, train, test, inputShape } = dataset;
  if (inputShape.length !== 3)
    throw new DatasetError(
      'bad-input',
      `dataset.deskew: it straightens images, and a row of ${name} has ${inputShape.join(' x ')} features; leave ` +
        'dataset.deskew out',
    );
  if (!(train.features instanceof Uint8Array))
    throw new DatasetError(
      'bad-input',
      `dataset.deskew: it is defined for pixels from 0 to 255, and ${name} holds other numbers; save the images as ` +
        'uint8, or leave dataset.deskew out',
    );
  const transformation = 'deskew' as const;
  return {
    ...dataset,
    train: { ...train, transformation },
    test: test && { ...test, transformation },
  };
}

/** Keys about the text and the columns of a file; a data set with files of its own knows them. */
const keysOfFiles = [
  'file',
  'class',
  'test',
  'labels',
  'header',
  'delimiter',
  'encoding',
  'decimal',
  'missing',
  'categorical',
  'ignore',
] as const satisfies readonly (keyof DatasetKeys)[];

/** A key without an effect is refused: somebody expects one. */
function checkKeys({ name, readsFile, drawsTest }: NamedDataset, keys: DatasetKeys): void {
  if (readsFile) return;
  const stray =
    keysOfFiles.find((key) => keys[key] !== undefined) ??
    (keys.testFraction !== undefined && !drawsTest ? 'testFraction' : undefined);
  if (stray === undefined) return;
  const why =
    stray === 'testFraction'
      ? 'has test rows of its own'
      : 'is read as its publishers wrote it; name: file reads your own';
  throw new DatasetError('bad-input', `dataset.${stray} has no effect: the data set ${name} ${why}; leave it out`);
}
