// Tested by csv-reading.unit.test.ts.
import { DatasetError } from './dataset-error.js';
import { factorOf, widthOf, type CategoryColumn, type InputColumn, type NumberColumn } from './input-columns.js';
import { medianOf } from './median.js';
import type { ColumnOfNumbers, ColumnOfTexts, TableFile } from './table-file.js';

/** A column of a table, and the inputs that it becomes. Fitted on training rows; applied to any row. */
export type FeatureColumn = NumericColumn | OneHotColumn;

export interface NumericColumn {
  readonly column: number;
  readonly input: NumberColumn;
}

/** A missing value is a category of its own, written '?'. */
export interface OneHotColumn {
  readonly column: number;
  readonly input: CategoryColumn;
}

/** More features than this in one column means an identifier or free text. */
const MOST_CATEGORIES = 1_000;
/** With more than this, a note says so: the values may be numbers or dates in an unknown format. */
const MANY_CATEGORIES = 20;

const date = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?$/;
const withUnit = /^[+-]?\d+([.,]\d+)?\s?\p{L}{1,5}$/u;

/** Missing values are one category, whatever marks them: '?', unless '?' is a value of the column. */
const category = ({ missing }: TableFile, cell: string): string =>
  missing.anywhere(cell) ? (missing.anywhere('?') ? '?' : '') : cell;

/**
 * Fits one column on the training rows.
 * @returns null if the column is constant there and carries no information
 * @throws DatasetError 'bad-input' for too many categories
 */
export function fitColumn(
  file: TableFile,
  column: number,
  trainRows: ArrayLike<number>,
  notes: string[],
): FeatureColumn | null {
  const cells = file.columns[column]!;
  const place: PlacedColumn = { column, name: file.columnNames[column], trainRows, notes };
  return cells.kind === 'texts' ? fitCategories(file, cells, place) : fitNumbers(cells, place);
}

interface PlacedColumn {
  readonly column: number;
  readonly name: string;
  readonly trainRows: ArrayLike<number>;
  readonly notes: string[];
}

function fitCategories(
  file: TableFile,
  cells: ColumnOfTexts,
  { column, name, trainRows, notes }: PlacedColumn,
): OneHotColumn | null {
  const counts = new Int32Array(cells.texts.length);
  const inOrder: number[] = [];
  for (let i = 0; i < trainRows.length; i++) {
    const code = cells.code(trainRows[i]);
    if (counts[code]++ === 0) inOrder.push(code);
  }
  const seen = new Set<string>();
  const markers = new Set<string>();
  let missing = 0;
  for (const code of inOrder) {
    const text = cells.texts[code];
    seen.add(category(file, text));
    if (!file.missing.anywhere(text)) continue;
    missing += counts[code];
    markers.add(text);
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
        `(${quoted(markers)}) and are a category of their own, '${category(file, [...markers][0])}'`,
    );
  if (seen.size > MANY_CATEGORIES)
    notes.push(
      `column '${name}': its ${differentValues([...seen])} are categories, a feature each ` +
        `(dataset.ignore: ['${name}'] leaves it out)`,
    );
  return { column, input: { kind: 'category', name, values: [...seen].sort(byCodeUnit) } };
}

/** `25 different values, which look like dates (such as '2020-01-01')` */
function differentValues(values: readonly string[]): string {
  const share = (pattern: RegExp): number => values.filter((value) => pattern.test(value)).length / values.length;
  const like =
    share(date) > 0.9
      ? ', which look like dates'
      : share(withUnit) > 0.9
        ? ', which look like numbers with a unit'
        : '';
  return `${values.length} different values${like} (such as '${values[0]}')`;
}

/**
 * Whether a column of words has another one in each training row: a name or an identifier, which says nothing about
 * other rows. A note says so. (A few rows may differ by chance.)
 */
export function differsInEveryRow(
  file: TableFile,
  column: number,
  trainRows: ArrayLike<number>,
  notes: string[],
): boolean {
  const cells = file.columns[column]!;
  if (cells.kind !== 'texts' || trainRows.length <= MANY_CATEGORIES) return false;
  const codes = new Set<number>();
  for (let i = 0; i < trainRows.length; i++) codes.add(cells.code(trainRows[i]));
  if (codes.size < trainRows.length) return false;
  const name = file.columnNames[column];
  notes.push(
    `column '${name}': its ${differentValues([...codes].map((code) => cells.texts[code]))} are another one in every ` +
      `training row, which says nothing about new rows, so it is left out (dataset.categorical: ['${name}'] keeps it)`,
  );
  return true;
}

const quoted = (markers: ReadonlySet<string>): string =>
  [...markers].map((marker) => (marker === '' ? 'empty' : `'${marker}'`)).join(', ');

function fitNumbers(cells: ColumnOfNumbers, { column, name, trainRows, notes }: PlacedColumn): NumericColumn | null {
  const read = new Float64Array(trainRows.length);
  const markers = new Set<string>();
  let count = 0;
  for (let i = 0; i < trainRows.length; i++) {
    const value = cells.at(trainRows[i]);
    if (!Number.isNaN(value)) read[count++] = value;
    else markers.add(cells.marker(trainRows[i]));
  }
  const values = read.subarray(0, count);
  const missing = trainRows.length - count;
  const [lowest, highest] = rangeOf(values);
  if (count === 0 || lowest === highest) return null;
  const [low, high] = [lowest, highest].map(Math.fround);
  // A network reads float32: numbers that it cannot tell apart are one number.
  if (!Number.isFinite(factorOf({ low, high }))) return null;
  const median = medianOf(values);
  if (missing > 0)
    notes.push(
      `column '${name}': ${missing} of ${trainRows.length} training values are missing ` +
        `(${quoted(markers)}) and count as the median, ${median}`,
    );
  const integer = values.every(Number.isInteger);
  const fill = Math.fround(median);
  return { column, input: { kind: 'number', name, low, high, fill, sd: deviationOf(values, median), integer } };
}

function rangeOf(values: Float64Array): readonly [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

/** The standard deviation, from the median so that large numbers lose no digits. */
function deviationOf(values: Float64Array, median: number): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value - median;
    squares += (value - median) ** 2;
  }
  const mean = sum / values.length;
  return Math.fround(Math.sqrt(Math.max(0, squares / values.length - mean ** 2)));
}

export const inputsOf = (columns: readonly FeatureColumn[]): InputColumn[] => columns.map(({ input }) => input);

/**
 * The inputs of the given rows, row-major: numbers as they are, rounded to float32, NaN if missing; 0 or 1 for
 * categories.
 */
export function encodeRows(
  columns: readonly FeatureColumn[],
  file: TableFile,
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
  // The inputs of a row lie together: writing gigabytes of them by columns would wait for the memory at every number.
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
function writerOf({ column, input }: FeatureColumn, file: TableFile, at: number): ColumnWriter {
  const unseen = new Set<string>();
  const cells = file.columns[column]!;
  if (cells.kind === 'numbers') {
    const write: ColumnWriter['write'] = (row, features, start) => {
      features[start + at] = cells.at(row);
    };
    return { unseen, write };
  }
  const places = new Map(input.kind === 'category' ? input.values.map((value, place) => [value, place]) : []);
  const placeOf = Int32Array.from(cells.texts, (text) => places.get(category(file, text)) ?? -1);
  const write: ColumnWriter['write'] = (row, features, start) => {
    const code = cells.code(row);
    if (placeOf[code] < 0) unseen.add(category(file, cells.texts[code]));
    else features[start + at + placeOf[code]] = 1;
  };
  return { unseen, write };
}

/** An order that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
