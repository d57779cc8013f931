import type { CsvOptions } from '../csv.js';
import type { DownloadProgress, LoadedDataset } from '../samples.js';

/** Options of a plan about a data set, besides its name; each data set uses those that concern it. */
export interface DatasetKeys extends Partial<CsvOptions> {
  /** `digits`: images drawn per class. */
  readonly trainPerClass?: number;
  readonly testPerClass?: number;
  /** Of a file of one's own that is an array: the file of its labels. */
  readonly labels?: string;
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
  /** What its rows are; `file`: that follows from the file that the user names, see `contentOf`. */
  readonly kind: 'images' | 'table' | 'file';
  /** Whether its test rows are drawn by a seed from the only file there is. */
  readonly drawsTest?: boolean;
  /** Whether the user names its file: `dataset.file`. */
  readonly readsFile?: boolean;
  /**
   * `seed` is for the data set itself: for drawing it, or for the split into training and test rows. Another seed
   * selects the training rows.
   * @throws DatasetError
   */
  load(keys: DatasetKeys, options: LoadOptions): LoadedDataset | Promise<LoadedDataset>;
}
