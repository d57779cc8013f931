// Tested by csv-reading.unit.test.ts.
import type { ColumnProfile, ExampleCell } from './column-profile.js';
import { DatasetError } from './dataset-error.js';
import type { MissingValues } from './missing-values.js';
import type { NumberFormat } from './number-text.js';

/** A table as its file has it, in columns: no row is an object, so that a million of them are cheap. */
export interface TableFile {
  readonly path: string;
  /** From the header, or `column 0`, `column 1`, ... */
  readonly columnNames: readonly string[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
  /** Whether the file says what is a number: then words that look like numbers stay words. */
  readonly isTyped?: boolean;
  /** Rows. */
  readonly count: number;
  /** Undefined for columns that nobody asked for. */
  readonly columns: readonly (TableColumn | undefined)[];
  readonly missing: MissingValues;
  /** Where a row is in the file, for messages: `line 7`, as an editor counts. */
  place(row: number): string;
}

/** The number format of a column, or null for a column of categories. */
export type ColumnKind = NumberFormat | null;

/** How a column is read: as `columnKinds` says, as whatever its first cells are, or not at all. */
export type ColumnUse = ColumnKind | 'unknown' | 'unused';

export type TableColumn = ColumnOfNumbers | ColumnOfTexts;

export interface ColumnOfNumbers {
  readonly kind: 'numbers';
  /** NaN if the cell is missing. */
  at(row: number): number;
  /** What marks the missing cell of a row. */
  marker(row: number): string;
  profile(): ColumnProfile;
  isReadAs(kind: ColumnKind): boolean;
}

export interface ColumnOfTexts {
  readonly kind: 'texts';
  /** The different texts, in order of appearance. */
  readonly texts: readonly string[];
  /** Which of the texts a row has. */
  code(row: number): number;
  profile(): ColumnProfile;
  isReadAs(kind: ColumnKind): boolean;
}

/** A column while its file is read. */
export interface Cells {
  /** The cell bytes[start..end), UTF-8, of the next row. */
  add(bytes: Buffer, start: number, end: number, row: number): void;
  /** Bytes. */
  readonly memory: number;
}

/** An error about one cell. */
export function cellError(
  file: Pick<TableFile, 'path' | 'columnNames' | 'place'>,
  column: number,
  { row, text }: ExampleCell,
  is: string,
): DatasetError {
  return new DatasetError(
    'bad-input',
    `${file.path}, ${file.place(row)}, column '${file.columnNames[column]}': '${text}' ${is}`,
  );
}

/** The first names of a list, for messages. */
export function listed(names: readonly string[], most = 20): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')}, ... (${names.length} in all)`;
}
