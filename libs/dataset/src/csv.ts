import { readAs, readCsv, type CsvFormat } from './csv-file.js';
import { DatasetError } from './dataset-error.js';
import type { LoadedDataset } from './samples.js';
import { loadTableFile } from './table-dataset.js';
import type { TableReader } from './table-reader.js';
import type { TableOptions } from './table-options.js';

/** A table of separated values, plain or packed with gzip or xz. */
export interface CsvOptions extends CsvFormat, TableOptions {}

/**
 * Loads a table of separated values.
 * @param name of the data set, in messages and results
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input'
 */
export async function loadCsv(options: CsvOptions, name = 'csv'): Promise<LoadedDataset> {
  for (const needed of ['file', 'class'] as const) {
    if (options[needed] === undefined)
      throw new DatasetError('bad-input', `the data set ${name} needs the option ${needed}`);
  }
  return loadTableFile(options, csvReader(options), name);
}

function csvReader(options: CsvOptions): TableReader {
  const { header, delimiter, encoding, missing } = options;
  const format: CsvFormat = { header, delimiter, encoding, missing };
  const asked = [options.class, ...(options.categorical ?? []), ...(options.ignore ?? [])].map(String);
  return {
    read: (path, uses, notes, like) =>
      like === undefined
        ? readCsv({ path, format, asked, uses }, notes)
        : readCsv({ path, format: { ...format, header: like.hasHeader }, asked: [], uses }, notes),
    readAs: (table, kinds) => readAs(table, format, kinds),
  };
}
