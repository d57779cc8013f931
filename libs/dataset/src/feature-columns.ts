import { isMissing, isNumeric, toNumber, type CsvFile } from './csv-file.js';
import { DatasetError } from './dataset-error.js';

/** How one column of a table becomes features in [0, 1]. Fitted on training rows; applied to any row. */
export type FeatureColumn = NumericColumn | OneHotColumn;

/** (x - minimum) / (maximum - minimum), clipped, because a test row may lie outside what training has seen. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly column: number;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Stands for a missing value: the median of the training rows. */
  readonly median: number;
}

/** One feature a category, 1 where the row has it. A missing value is a category of its own, written '?'. */
export interface OneHotColumn {
  readonly kind: 'one-hot';
  readonly column: number;
  readonly name: string;
  readonly categories: readonly string[];
}

/** More features than this in one column means an identifier or free text. */
const MOST_CATEGORIES = 1_000;

const category = (cell: string): string => (isMissing(cell) ? '?' : cell);

/** Whether a column of the file holds numbers; what is missing does not decide. */
export function isNumericColumn(file: CsvFile, column: number): boolean {
  let numbers = 0;
  for (const row of file.rows) {
    if (isMissing(row[column])) continue;
    if (!isNumeric(row[column])) return false;
    numbers++;
  }
  return numbers > 0;
}

/**
 * Fits one column on the training rows.
 * @returns null where the column is constant there, and so tells nothing
 * @throws DatasetError 'bad-input' for a number that is not finite, or for an endless list of categories
 */
export function fitColumn(
  file: CsvFile, column: number, numeric: boolean, trainRows: ArrayLike<number>, notes: string[],
): FeatureColumn | null {
  const name = file.columnNames[column];
  if (!numeric) {
    const seen = new Set<string>();
    for (let i = 0; i < trainRows.length; i++) seen.add(category(file.rows[trainRows[i]][column]));
    if (seen.size > MOST_CATEGORIES) {
      throw new DatasetError('bad-input', `${file.path}: column '${name}' is not numeric and has ${seen.size} different ` +
        `values, too many to be categories. Leave it out with ignore: ['${name}'].`);
    }
    return seen.size < 2 ? null : { kind: 'one-hot', column, name, categories: [...seen].sort(byCodeUnit) };
  }
  const values: number[] = [];
  for (let i = 0; i < trainRows.length; i++) {
    const value = readNumber(file, trainRows[i], column);
    if (value !== null) values.push(value);
  }
  values.sort((a, b) => a - b);
  const missing = trainRows.length - values.length;
  if (values.length === 0 || values[0] === values[values.length - 1]) return null;
  const middle = values.length >> 1;
  const median = values.length % 2 === 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
  if (missing > 0) notes.push(`column '${name}': ${missing} of ${trainRows.length} training values are missing and count as the median, ${median}`);
  return { kind: 'numeric', column, name, minimum: values[0], maximum: values[values.length - 1], median };
}

export function featureNames(columns: readonly FeatureColumn[]): string[] {
  return columns.flatMap((column) =>
    column.kind === 'numeric' ? [column.name] : column.categories.map((value) => `${column.name}=${value}`));
}

/**
 * The features of the given rows, row-major, each in [0, 1].
 * @throws DatasetError 'bad-input' where a numeric column holds something else
 */
export function encodeRows(columns: readonly FeatureColumn[], file: CsvFile, rows: ArrayLike<number>, notes: string[]): Float64Array {
  const size = featureNames(columns).length;
  const features = new Float64Array(rows.length * size);
  let at = 0;
  for (const column of columns) {
    if (column.kind === 'numeric') {
      const { minimum, maximum, median } = column;
      for (let i = 0; i < rows.length; i++) {
        const value = readNumber(file, rows[i], column.column) ?? median;
        // Halved, because the range of two finite numbers may not be finite.
        const scaled = (value / 2 - minimum / 2) / (maximum / 2 - minimum / 2);
        features[i * size + at] = Math.min(1, Math.max(0, scaled));
      }
      at += 1;
      continue;
    }
    const places = new Map(column.categories.map((value, place) => [value, place]));
    const unseen = new Set<string>();
    for (let i = 0; i < rows.length; i++) {
      const value = category(file.rows[rows[i]][column.column]);
      const place = places.get(value);
      if (place === undefined) unseen.add(value);
      else features[i * size + at + place] = 1;
    }
    if (unseen.size > 0) {
      notes.push(`column '${column.name}': the test part has values that training has not (${[...unseen].slice(0, 5).join(', ')}` +
        `${unseen.size > 5 ? ', ...' : ''}); such a row has 0 in all of the column's features`);
    }
    at += column.categories.length;
  }
  return features;
}

/** Null where the value is missing. */
function readNumber(file: CsvFile, row: number, column: number): number | null {
  const cell = file.rows[row][column];
  if (isMissing(cell)) return null;
  const value = isNumeric(cell) ? toNumber(cell) : NaN;
  if (!Number.isFinite(value)) {
    const what = isNumeric(cell) ? 'not a finite number' : 'not a number, as the column holds in the training file';
    throw new DatasetError('bad-input', `${file.path}, line ${file.lines[row]}, column '${file.columnNames[column]}': '${cell}' is ${what}`);
  }
  return value;
}

/** An order that no locale changes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
