// Tested by sources.unit.test.ts.
import { DatasetError } from '../dataset-error.js';
import type { ColumnChoice } from '../table-options.js';

/** The class column of a table. @throws DatasetError 'bad-input' if nobody named it */
export function classOf(path: string, { class: column }: { readonly class?: ColumnChoice }): ColumnChoice {
  if (column !== undefined) return column;
  throw new DatasetError(
    'bad-input',
    `${path} is a table: say which of its columns is the class, by name or by number from 0 ` +
      '(--class COLUMN, or dataset.class in a plan)',
  );
}
