// Tested by csv-reading.unit.test.ts.
import { cellError, type ColumnKind } from './column-kind.js';
import type { CsvFile } from './csv-file.js';
import { DatasetError } from './dataset-error.js';
import { factorOf, widthOf, type CategoryColumn, type InputColumn, type NumberColumn } from './input-columns.js';
import { parseNumber, type NumberFormat } from './number-text.js';

/** A column of a table, and the inputs that it becomes. Fitted on training rows; applied to any row. */
export type FeatureColumn = NumericColumn | OneHotColumn;

export interface NumericColumn {
  readonly column: number;
  readonly format: NumberFormat;
  readonly input: NumberColumn;
}

/** A missing value is a category of its own, written '?'. */
export interface OneHotColumn {
  readonly column: number;
  readonly input: CategoryColumn;
}

const isNumeric = (column: FeatureColumn): column is NumericColumn => column.input.kind === 'number';

/** More features than this in one column means an identifier or free text. */
const MOST_CATEGORIES = 1_000;
/** With more than this, a note says so: the values may be numbers or dates in an unknown format. */
const MANY_CATEGORIES = 20;

const date = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?$/;
const withUnit = /^[+-]?\d+([.,]\d+)?\s?\p{L}{1,5}$/u;

/** Missing values are one category, whatever marks them: '?', unless '?' is a value of the column. */
const category = ({ missing }: CsvFile, cell: string): string =>
  missing.anywhere(cell) ? (missing.anywhere('?') ? '?' : '') : cell;

/**
 * Fits one column on the training rows.
 * @returns null if the column is constant there and carries no information
 * @throws DatasetError 'bad-input' for a number that is not finite, or for too many categories
 */
export function fitColumn(
  file: CsvFile,
  column: number,
  kind: ColumnKind,
  trainRows: ArrayLike<number>,
  notes: string[],
): FeatureColumn | null {
  return kind === null
    ? fitCategories(file, column, trainRows, notes)
    : fitNumbers(file, column, kind, trainRows, notes);
}

function fitCategories(
  file: CsvFile,
  column: number,
  trainRows: ArrayLike<number>,
  notes: string[],
): OneHotColumn | null {
  const name = file.columnNames[column];
  const seen = new Set<string>();
  const markers = new Set<string>();
  let missing = 0;
  for (let i = 0; i < trainRows.length; i++) {
    const cell = file.rows[trainRows[i]][column];
    seen.add(category(file, cell));
    if (!file.missing.anywhere(cell)) continue;
    missing++;
    markers.add(cell);
  }
  if (seen.size > MOST_CATEGORIES) {
    throw new DatasetError(
      'bad-input',
      `${file.path}: column '${name}' is not numeric and has ${seen.size} different ` +
        `values, too many to be categories. Leave it out with dataset.ignore: ['${name}'].`,
    );
  }
  if (seen.size < 2) return null;
  if (missing > 0)
    notes.push(
      `column '${name}': ${missing} of ${trainRows.length} training values are missing ` +
        `(${quoted(markers)}) and are a category of their own`,
    );
  if (seen.size > MANY_CATEGORIES) {
    const values = [...seen];
    const share = (pattern: RegExp): number => values.filter((value) => pattern.test(value)).length / values.length;
    const like =
      share(date) > 0.9
        ? ', which look like dates'
        : share(withUnit) > 0.9
          ? ', which look like numbers with a unit'
          : '';
    notes.push(
      `column '${name}': its ${seen.size} different values${like} (such as '${values[0]}') are ` +
        'categories, a feature each',
    );
  }
  return { column, input: { kind: 'category', name, values: [...seen].sort(byCodeUnit) } };
}

const quoted = (markers: ReadonlySet<string>): string =>
  [...markers].map((marker) => (marker === '' ? 'empty' : `'${marker}'`)).join(', ');

function fitNumbers(
  file: CsvFile,
  column: number,
  format: NumberFormat,
  trainRows: ArrayLike<number>,
  notes: string[],
): NumericColumn | null {
  const name = file.columnNames[column];
  const read = new Float64Array(trainRows.length);
  const markers = new Set<string>();
  let count = 0;
  for (let i = 0; i < trainRows.length; i++) {
    const value = readNumber(file, trainRows[i], column, format);
    if (value !== null) read[count++] = value;
    else markers.add(file.rows[trainRows[i]][column]);
  }
  const values = read.subarray(0, count).sort();
  const missing = trainRows.length - count;
  if (count === 0 || values[0] === values[count - 1]) return null;
  const [low, high] = [values[0], values[count - 1]].map(Math.fround);
  // A network reads float32: numbers that it cannot tell apart are one number.
  if (!Number.isFinite(factorOf({ low, high }))) return null;
  const middle = count >> 1;
  const median = count % 2 === 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
  if (missing > 0)
    notes.push(
      `column '${name}': ${missing} of ${trainRows.length} training values are missing ` +
        `(${quoted(markers)}) and count as the median, ${median}`,
    );
  const integer = values.every(Number.isInteger);
  const fill = Math.fround(median);
  return { column, format, input: { kind: 'number', name, low, high, fill, sd: deviationOf(values), integer } };
}

/** The standard deviation, from the mean of their middle part so that large numbers lose no digits. */
function deviationOf(values: Float64Array): number {
  const shift = values[values.length >> 1];
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value - shift;
    squares += (value - shift) ** 2;
  }
  const mean = sum / values.length;
  return Math.fround(Math.sqrt(Math.max(0, squares / values.length - mean ** 2)));
}

export const inputsOf = (columns: readonly FeatureColumn[]): InputColumn[] => columns.map(({ input }) => input);

/**
 * The inputs of the given rows, row-major: numbers as they are, rounded to float32, NaN if missing; 0 or 1 for
 * categories.
 * @throws DatasetError 'bad-input' if a numeric column holds something else
 */
export function encodeRows(
  columns: readonly FeatureColumn[],
  file: CsvFile,
  rows: ArrayLike<number>,
  notes: string[],
): Float32Array {
  const size = columns.reduce((sum, { input }) => sum + widthOf(input), 0);
  const features = new Float32Array(rows.length * size);
  let at = 0;
  const writers = columns.map((column) => {
    const write = writerOf(column, file, at);
    at += widthOf(column.input);
    return { column, ...write };
  });
  // The cells of a row lie together: going through a table of gigabytes by columns would wait for the memory at every
  // cell.
  for (let from = 0; from < rows.length; from += rowsAtATime) {
    const to = Math.min(rows.length, from + rowsAtATime);
    for (const { write } of writers) for (let i = from; i < to; i++) write(rows[i], features, i * size);
  }
  for (const { column, unseen } of writers) {
    if (unseen.size === 0) continue;
    notes.push(
      `column '${column.input.name}': the test part has values that training has not (${[...unseen].slice(0, 5).join(', ')}` +
        `${unseen.size > 5 ? ', ...' : ''}); such a row has 0 in all of the column's features`,
    );
  }
  return features;
}

/** As many rows stay in the cache. */
const rowsAtATime = 64;

interface ColumnWriter {
  /** Writes the features that a row of the file has by this column; `start`: where the row's features begin. */
  readonly write: (row: number, features: Float32Array, start: number) => void;
  /** Values that training has not. */
  readonly unseen: ReadonlySet<string>;
}

/** @param at where the column's features begin in a row */
function writerOf(column: FeatureColumn, file: CsvFile, at: number): ColumnWriter {
  const unseen = new Set<string>();
  if (isNumeric(column)) {
    return {
      unseen,
      write: (row, features, start) => {
        features[start + at] = readNumber(file, row, column.column, column.format) ?? NaN;
      },
    };
  }
  const places = new Map(column.input.values.map((value, place) => [value, place]));
  return {
    unseen,
    write: (row, features, start) => {
      const value = category(file, file.rows[row][column.column]);
      const place = places.get(value);
      if (place === undefined) unseen.add(value);
      else features[start + at + place] = 1;
    },
  };
}

/** So that differences of two numbers are finite in float32. */
const largestNumber = 1e38;

/** Null if the value is missing. */
function readNumber(file: CsvFile, row: number, column: number, format: NumberFormat): number | null {
  const cell = file.rows[row][column];
  if (file.missing.inNumbers(cell)) return null;
  const value = parseNumber(cell, format);
  if (Math.abs(value) <= largestNumber) return value;
  if (!Number.isNaN(value))
    throw cellError(file, row, column, `is not a finite number of at most ${largestNumber} (a network reads float32)`);
  const sign = format.percent ? ' with a percent sign' : '';
  throw cellError(
    file,
    row,
    column,
    `is not a number${sign} with the decimal mark '${format.decimal}', as the other values of the column are`,
  );
}

/** An order that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
