import { loadCsv, type CsvOptions } from './csv.js';
import { DatasetError } from './dataset-error.js';
import { drawDigits, type DigitsOptions } from './digits.js';
import { loadMnist } from './mnist.js';
import { loadNamedTable } from './named-tables.js';
import type { DownloadProgress, LoadedDataset } from './samples.js';

/** The data sets that `loadDataset` knows. */
export const datasetNames = ['mnist', 'digits', 'adult', 'heart', 'csv'] as const;
export type DatasetName = (typeof datasetNames)[number];

/**
 * What to load. `seed` is the seed of the data set itself, i.e. of the drawing (`digits`) or of the split in training and
 * test part (`heart`, `csv`); which rows are then trained on is another seed's matter.
 */
export type DatasetSpec =
  | { readonly name: 'mnist' }
  | ({ readonly name: 'digits' } & DigitsOptions)
  | { readonly name: 'adult' }
  | { readonly name: 'heart'; readonly seed?: number; readonly testFraction?: number }
  | ({ readonly name: 'csv' } & CsvOptions);

export interface LoadOptions {
  /** A folder to look for files in before any other place. */
  readonly dataFolder?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Loads a data set by its name. None stands in for another: what cannot be had is an error.
 * @throws DatasetError
 */
export async function loadDataset(
  spec: DatasetSpec,
  { dataFolder, onProgress }: LoadOptions = {},
): Promise<LoadedDataset> {
  switch (spec.name) {
    case 'mnist':
      return loadMnist({ dataFolder, onProgress });
    case 'digits':
      return drawDigits(spec);
    case 'adult':
      return loadNamedTable('adult', { dataFolder });
    case 'heart':
      return loadNamedTable('heart', { dataFolder, seed: spec.seed, testFraction: spec.testFraction });
    case 'csv':
      return loadCsv(spec);
    default:
      throw new DatasetError(
        'bad-input',
        `there is no data set '${(spec as { name: unknown }).name}'. Known: ${datasetNames.join(', ')}.`,
      );
  }
}
