import { loadCsv } from '../csv.js';
import type { DataSource } from './data-source.js';
import { classOf } from './table-class.js';

/** A table of separated values, plain or packed with gzip or xz: any file that is of no other kind. */
export const csv: DataSource = {
  kind: 'csv',
  about: 'a table: CSV, TSV and the like, plain or packed with gzip or xz',
  recognises: ({ entries }) => entries === undefined,
  holds: () => 'table',
  load: ({ path }, options, name) => loadCsv({ ...options, file: path, class: classOf(path, options) }, name),
};
