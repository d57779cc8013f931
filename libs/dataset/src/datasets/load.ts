import { DatasetError } from '../dataset-error.js';
import { clipOutliers } from '../clip-outliers.js';
import type { LoadedDataset } from '../samples.js';
import type { DatasetKeys, LoadOptions } from './named-dataset.js';
import { datasetNamed, datasetNames } from './registry.js';

export interface DatasetSpec extends DatasetKeys {
  readonly name: string;
  /** Of a table: see `clipOutliers`. */
  readonly deviations?: number;
}

/**
 * Loads a data set by its name. There is no fallback: a data set that is not available is an error.
 * @throws DatasetError
 */
export async function loadDataset(
  { name, deviations, ...keys }: DatasetSpec,
  options: LoadOptions = {},
): Promise<LoadedDataset> {
  const dataset = datasetNamed(name);
  if (dataset === undefined)
    throw new DatasetError('bad-input', `there is no data set '${name}'. Known: ${datasetNames.join(', ')}.`);
  const loaded = await dataset.load(keys, options);
  return deviations === undefined ? loaded : clipOutliers(loaded, deviations);
}
