import type { CsvOptions } from '../csv.js';
import type { DownloadProgress, LoadedDataset } from '../samples.js';

/** What a plan may say about a data set besides its name; each data set takes what concerns it. */
export interface DatasetKeys extends Partial<CsvOptions> {
  /** `digits`: images drawn per class. */
  readonly trainPerClass?: number;
  readonly testPerClass?: number;
}

export interface LoadOptions {
  /** A folder to look for files in before any other place. */
  readonly dataFolder?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** A data set with a name: one file of this folder, listed in registry.ts. */
export interface NamedDataset {
  readonly name: string;
  /** One line for help and docs. */
  readonly about: string;
  /** What its rows are. */
  readonly kind: 'images' | 'table';
  /** Whether its test rows are drawn by a seed from the only file there is. */
  readonly drawsTest?: boolean;
  /**
   * `seed` is the data set's own, of a drawing or of the split into training and test rows; which rows are then trained
   * on is another seed's matter.
   * @throws DatasetError
   */
  load(keys: DatasetKeys, options: LoadOptions): LoadedDataset | Promise<LoadedDataset>;
}
