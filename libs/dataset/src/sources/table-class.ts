// Tested by sources.unit.test.ts.
import { DatasetError } from '../dataset-error.js';
import type { ColumnChoice } from '../table-options.js';

/** The class column of a table. @throws DatasetError 'bad-input' if nobody named it */
export function classOf(path: string, { class: column }: { readonly class?: ColumnChoice }): ColumnChoice {
  if (column !== undefined) return column;
  throw new DatasetError(
    'bad-input',
    `dataset.class: ${path} is a table, and its class column has no name yet; give --set dataset.class=COLUMN, ` +
      'a name or a number from 0',
  );
}
