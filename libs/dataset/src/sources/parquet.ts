import { loadTableFile } from '../table-dataset.js';
import type { TableReader } from '../table-reader.js';
import type { DataSource } from './data-source.js';
import { classOf } from './table-class.js';

/** A table in Parquet, whose columns say whether they hold numbers or words. */
export const parquet: DataSource = {
  kind: 'parquet',
  about: 'a table in Parquet: numbers are numbers, texts are categories',
  recognises: ({ start }) => start.toString('latin1', 0, 4) === 'PAR1',
  holds: () => 'table',
  load({ path }, options, name) {
    const { missing } = options;
    const reader: TableReader = {
      // Loaded on demand, with the library that reads Parquet.
      read: async (file, uses, notes) =>
        (await import('../parquet-file.js')).readParquet({ path: file, uses, missing }, notes),
      readAs: async (table) => table,
    };
    return loadTableFile({ ...options, file: path, class: classOf(path, options) }, reader, name);
  },
};
