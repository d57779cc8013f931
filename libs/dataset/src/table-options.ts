// Tested by csv.unit.test.ts.
import { DatasetError } from './dataset-error.js';
import type { InputColumn } from './input-columns.js';
import { listed, type ColumnOfNumbers, type TableFile } from './table-file.js';

/** A column by its name, or its number counted from 0, or from the end as -1, -2, ... */
export type ColumnChoice = string | number;

/** What a trained network knows of its table. */
export interface TrainedTable {
  readonly columns: readonly InputColumn[];
  readonly classes: readonly string[];
}

/** What the user says about a table's columns. */
export interface TableOptions {
  /** Path of the table. */
  readonly file: string;
  /** The column to predict. */
  readonly class: ColumnChoice;
  /** A separate file for the test part, with the same columns. Without it, a part of `file` is set aside. */
  readonly test?: string;
  /** Columns of numbers that are codes for categories. Columns of words always are categories. */
  readonly categorical?: readonly ColumnChoice[];
  /** Columns to leave out. */
  readonly ignore?: readonly ColumnChoice[];
  /** The decimal mark. @default detected column by column, see `columnKinds` */
  readonly decimal?: '.' | ',';
  /** Fraction of each class's rows set aside for the test part; 0 for no test part. @default 0.2 */
  readonly testFraction?: number;
  /** Of the split in training and test part. @default 0 */
  readonly seed?: number;
  /** Reads all rows for a network that knows its columns, instead of fitting columns to them. */
  readonly trained?: TrainedTable;
}

export type TableHeader = Pick<TableFile, 'path' | 'columnNames' | 'hasHeader'>;

/** The columns that the options name. */
export interface ChosenColumns {
  readonly classColumn: number;
  readonly categorical: ReadonlySet<number>;
  readonly ignored: ReadonlySet<number>;
}

/** @throws DatasetError 'bad-input' for a column that the table does not have */
export function chooseColumns(header: TableHeader, options: TableOptions, notes: string[]): ChosenColumns {
  const find = (wanted: ColumnChoice, option: string): number => findColumn(header, wanted, option, notes);
  return {
    classColumn: find(options.class, 'class'),
    categorical: new Set(options.categorical?.map((column) => find(column, 'categorical'))),
    ignored: new Set(options.ignore?.map((column) => find(column, 'ignore'))),
  };
}

/** A name comes before a number: pandas names columns 0, 1, 2, ... */
function findColumn(header: TableHeader, wanted: ColumnChoice, option: string, notes: string[]): number {
  const { path, columnNames, hasHeader } = header;
  const number = typeof wanted === 'number' ? wanted : /^-?\d+$/.test(wanted) ? Number(wanted) : NaN;
  const at = number < 0 ? columnNames.length + number : number;
  const named = columnNames.indexOf(String(wanted));
  if (named >= 0) {
    if (Number.isInteger(at) && at !== named)
      notes.push(`${path}: '${wanted}' (dataset.${option}) is the column of this name, not column number ${at}`);
    return named;
  }
  if (Number.isInteger(at) && at >= 0 && at < columnNames.length) return at;
  throw new DatasetError(
    'bad-input',
    `${path} has no column '${wanted}' (dataset.${option}). It has ${columnNames.length}` +
      `${hasHeader ? '' : ', and no header'}: ${listed(columnNames)}. Give a name, or a number from 0.` +
      (columnNames.length === 1 ? ' One column only: is the delimiter another one (dataset.delimiter)?' : ''),
  );
}

/** Whether the first column is the index that pandas or R writes: without a name, and counting the rows. */
export function hasIndex({ hasHeader, columnNames, columns, count }: TableFile): boolean {
  if (!hasHeader || columnNames.length < 2) return false;
  if (!['column 0', 'Unnamed: 0'].includes(columnNames[0])) return false;
  const cells = columns[0];
  if (cells?.kind !== 'numbers' || !holdsOnlyDigits(cells, count)) return false;
  const start = cells.at(0);
  if (start !== 0 && start !== 1) return false;
  for (let row = 0; row < count; row++) if (cells.at(row) !== row + start) return false;
  return true;
}

const identifier = /(^|[^a-z])(id|ids|idx|index|row|key|nr|no|number|serial|uid)([^a-z]|$)/i;

/**
 * Whether a column has the name of an identifier and a different whole number in every row. (A few rows may by chance.)
 */
export function isIdentifier({ columnNames, columns, count }: TableFile, column: number): boolean {
  const name = columnNames[column].replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  const cells = columns[column];
  if (count < 10 || !identifier.test(name) || cells?.kind !== 'numbers' || !holdsOnlyDigits(cells, count)) return false;
  const sorted = new Float64Array(count);
  for (let row = 0; row < count; row++) sorted[row] = cells.at(row);
  sorted.sort();
  // Beyond 2^53, different numbers in a file may be one float64.
  return sorted.every((value, at) => at === 0 || value !== sorted[at - 1] || value > Number.MAX_SAFE_INTEGER);
}

function holdsOnlyDigits(cells: ColumnOfNumbers, count: number): boolean {
  const { onlyDigits, present } = cells.profile();
  return onlyDigits && present === count;
}
