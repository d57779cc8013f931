import type { CsvOptions } from '../csv.js';
import type { LoadedDataset } from '../samples.js';

/** A file or folder that the user named. */
export interface Place {
  readonly path: string;
  /** Names in the folder, in order; undefined for a file. */
  readonly entries?: readonly string[];
  /** First bytes of the file, as it is on the disk; empty for a folder. */
  readonly start: Buffer;
}

/** Options of a plan about a data set of one's own. */
export interface SourceOptions extends Omit<Partial<CsvOptions>, 'file'> {
  /** Of `X.npy`: the file of its labels. */
  readonly labels?: string;
}

/** A kind of data set of one's own: one file of this folder, listed in registry.ts. */
export interface DataSource {
  readonly kind: string;
  /** One line for docs and messages. */
  readonly about: string;
  recognises(place: Place): boolean;
  /** What its rows are, by as little reading as possible. @throws DatasetError */
  holds(place: Place): 'images' | 'table' | Promise<'images' | 'table'>;
  /** @param name of the data set, in messages and results. @throws DatasetError */
  load(place: Place, options: SourceOptions, name: string): Promise<LoadedDataset>;
}
