import { isMissing, isNumeric, readCsv, toNumber, type CsvFile, type CsvFormat } from './csv-file.js';
import { DatasetError } from './dataset-error.js';
import { byCodeUnit, encodeRows, featureNames, fitColumn, isNumericColumn, type FeatureColumn } from './feature-columns.js';
import { seededRandom } from './random.js';
import type { LoadedDataset, Samples } from './samples.js';

export interface CsvOptions extends CsvFormat {
  /** Path of a .csv or .csv.gz file. */
  readonly file: string;
  /** The column to predict: its name, or its number counted from 0, or from the end as -1, -2, ... */
  readonly class: string | number;
  /** A file of its own for the test part, with the same columns. Without it, a part of `file` is set aside. */
  readonly test?: string;
  /** Columns of numbers that are codes for categories. Columns of anything but numbers always are categories. */
  readonly categorical?: readonly string[];
  /** Columns to leave out. */
  readonly ignore?: readonly string[];
  /** Share of each class's rows set aside for the test part; 0 for no test part. @default 0.2 */
  readonly testFraction?: number;
  /** Of the split in training and test part. @default 0 */
  readonly seed?: number;
}

/**
 * Any table: numeric columns are scaled to [0, 1] by the minimum and maximum of the training part, the others become
 * one feature a category. Nothing is learnt from test rows.
 * @param name of the data set, in messages and results
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input'
 */
export async function loadCsv(options: CsvOptions, name = 'csv'): Promise<LoadedDataset> {
  for (const needed of ['file', 'class'] as const) {
    if (options[needed] === undefined) throw new DatasetError('bad-input', `the data set ${name} needs the option ${needed}`);
  }
  const file = await readCsv(options.file, options);
  const classColumn = findColumn(file, options.class, 'class');
  const categorical = new Set((options.categorical ?? []).map((column) => findColumn(file, column, 'categorical')));
  const ignored = new Set((options.ignore ?? []).map((column) => findColumn(file, column, 'ignore')));
  const testFile = options.test === undefined ? null : await readTestFile(options.test, file, options);
  const notes: string[] = [];

  const rowLabels = readLabels(file, classColumn);
  const classes = sortedClasses(rowLabels);
  if (classes.length < 2) {
    throw new DatasetError('bad-input', `${file.path}: column '${file.columnNames[classColumn]}' has only the class '${classes[0]}'; two are needed`);
  }
  const labels = Int32Array.from(rowLabels, (label) => classes.indexOf(label));
  const testFraction = testFile === null ? (options.testFraction ?? 0.2) : 0;
  const split = stratifiedSplit(labels, classes.length, testFraction, options.seed ?? 0);

  const columns: FeatureColumn[] = [];
  const constant: string[] = [];
  file.columnNames.forEach((columnName, column) => {
    if (column === classColumn || ignored.has(column)) return;
    const numeric = !categorical.has(column) && isNumericColumn(file, column);
    const fitted = fitColumn(file, column, numeric, split.train, notes);
    if (fitted === null) constant.push(columnName);
    else columns.push(fitted);
  });
  if (constant.length > 0) notes.push(`left out, because every training row has the same value: ${constant.join(', ')}`);
  if (columns.length === 0) throw new DatasetError('bad-input', `${file.path} has no column that tells its training rows apart`);

  const names = featureNames(columns);
  const samples = (from: CsvFile, rows: ArrayLike<number>, rowClass: Int32Array): Samples => ({
    name, classes, inputShape: [names.length], count: rows.length, size: names.length, scale: 1, featureNames: names,
    features: encodeRows(columns, from, rows, notes),
    labels: Int32Array.from(rows, (row) => rowClass[row]),
  });
  const train = samples(file, split.train, labels);
  let test: Samples | null = null;
  if (testFile !== null) {
    const testLabels = matchLabels(testFile, readLabels(testFile, classColumn), classes, notes);
    test = samples(testFile, testFile.rows.map((_, row) => row), testLabels);
  } else if (split.test.length > 0) {
    test = samples(file, split.test, labels);
  }
  return { name, classes, inputShape: train.inputShape, train, test, notes };
}

function findColumn(file: CsvFile, wanted: string | number, option: string): number {
  const { columnNames } = file;
  if (typeof wanted === 'string') {
    const named = columnNames.indexOf(wanted);
    if (named >= 0) return named;
  }
  const number = typeof wanted === 'number' ? wanted : /^-?\d+$/.test(wanted) ? Number(wanted) : NaN;
  const at = number < 0 ? columnNames.length + number : number;
  if (Number.isInteger(at) && at >= 0 && at < columnNames.length) return at;
  throw new DatasetError('bad-input', `${file.path} has no column '${wanted}' (option ${option}). It has ${columnNames.length}` +
    `${file.hasHeader ? '' : ', and no header'}: ${columnNames.join(', ')}. Give a name, or a number from 0.` +
    (columnNames.length === 1 ? ' One column only: is the delimiter another one?' : ''));
}

async function readTestFile(path: string, file: CsvFile, format: CsvFormat): Promise<CsvFile> {
  const test = await readCsv(path, { ...format, header: file.hasHeader });
  const same = test.columnNames.length === file.columnNames.length && test.columnNames.every((name, at) => name === file.columnNames[at]);
  if (!same) {
    throw new DatasetError('bad-input', `${path} must have the columns of ${file.path} (${file.columnNames.join(', ')}); it has ` +
      test.columnNames.join(', '));
  }
  return test;
}

function readLabels(file: CsvFile, column: number): string[] {
  return file.rows.map((row, at) => {
    if (isMissing(row[column])) {
      throw new DatasetError('bad-input', `${file.path}, line ${file.lines[at]}: the class, column '${file.columnNames[column]}', is missing`);
    }
    return row[column];
  });
}

/** Numbers in their order, anything else by code unit. */
function sortedClasses(labels: readonly string[]): string[] {
  const classes = [...new Set(labels)];
  return classes.every(isNumeric) ? classes.sort((a, b) => toNumber(a) - toNumber(b)) : classes.sort(byCodeUnit);
}

/**
 * Class indices of a test file. Some archives end the labels of the test file, and only those, with a full stop.
 * @throws DatasetError 'bad-input' for a class that training has not
 */
function matchLabels(file: CsvFile, labels: readonly string[], classes: readonly string[], notes: string[]): Int32Array {
  const index = new Map(classes.map((label, at) => [label, at]));
  const stopped = labels.every((label) => !index.has(label) && label.endsWith('.') && index.has(label.slice(0, -1)));
  if (stopped) notes.push(`the classes in ${file.path} end with a full stop, which does not count`);
  return Int32Array.from(labels, (label, at) => {
    const found = index.get(stopped ? label.slice(0, -1) : label);
    if (found === undefined) {
      throw new DatasetError('bad-input', `${file.path}, line ${file.lines[at]}: class '${label}' is not in training, which has ${classes.join(', ')}`);
    }
    return found;
  });
}

/** Sets the same share of every class aside, never all of a class. Rows ascend in both parts. */
function stratifiedSplit(labels: Int32Array, classCount: number, fraction: number, seed: number): { train: Int32Array; test: Int32Array } {
  if (!(fraction >= 0 && fraction < 1)) throw new DatasetError('bad-input', `testFraction must be at least 0 and below 1, not ${fraction}`);
  const inTest = new Uint8Array(labels.length);
  for (let label = 0; label < classCount; label++) {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    const share = Math.min(rows.length - 1, Math.round(rows.length * fraction));
    for (const row of seededRandom(seed, 'test part', label).shuffle(rows).slice(0, share)) inTest[row] = 1;
  }
  const rows = Int32Array.from(labels.keys());
  return { train: rows.filter((row) => inTest[row] === 0), test: rows.filter((row) => inTest[row] === 1) };
}
