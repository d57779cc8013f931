import { isDeepStrictEqual } from 'node:util';
import { matchLabels, readLabels, sortedClasses } from './class-labels.js';
import { columnKinds } from './column-kind.js';
import { listed, readCsv, type CsvFile, type CsvFormat } from './csv-file.js';
import { DatasetError } from './dataset-error.js';
import { encodeRows, fitColumn, inputsOf, type FeatureColumn } from './feature-columns.js';
import { inputCount } from './input-columns.js';
import type { LoadedDataset, Samples } from './samples.js';
import { stratifiedSplit } from './stratified-split.js';

/** A column by its name, or its number counted from 0, or from the end as -1, -2, ... */
export type ColumnChoice = string | number;

export interface CsvOptions extends CsvFormat {
  /** Path of a .csv or .csv.gz file. */
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
}

/** Most numbers of the features, 4 bytes each. */
const MOST_FEATURE_CELLS = 100_000_000;

/**
 * Any table: numeric columns keep their numbers, which `columns` scales by the minimum and maximum of the training
 * part; the others become one feature per category. Nothing depends on test rows.
 * @param name of the data set, in messages and results
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input'
 */
export async function loadCsv(options: CsvOptions, name = 'csv'): Promise<LoadedDataset> {
  for (const needed of ['file', 'class'] as const) {
    if (options[needed] === undefined)
      throw new DatasetError('bad-input', `the data set ${name} needs the option ${needed}`);
  }
  const notes: string[] = [];
  const asked = [options.class, ...(options.categorical ?? []), ...(options.ignore ?? [])].map(String);
  const file = await readCsv(options.file, options, asked, notes);
  const classColumn = findColumn(file, options.class, 'class', notes);
  const categorical = new Set(
    (options.categorical ?? []).map((column) => findColumn(file, column, 'categorical', notes)),
  );
  const ignored = new Set((options.ignore ?? []).map((column) => findColumn(file, column, 'ignore', notes)));
  if (isIndex(file) && classColumn !== 0 && !ignored.has(0)) {
    ignored.add(0);
    notes.push(`${file.path}: the first column has no name and counts the rows, so it is left out`);
  }
  const testFile = options.test === undefined ? null : await readTestFile(options.test, file, options, notes);

  if (testFile !== null && isDeepStrictEqual(testFile.rows, file.rows))
    notes.push(
      `${testFile.path} has the rows of ${file.path}: the test accuracy is that of training rows (dataset.test)`,
    );

  const rowLabels = readLabels(file, classColumn, notes);
  const classes = sortedClasses(file, classColumn, rowLabels, notes);
  const indexOf = new Map(classes.map((label, at) => [label, at]));
  const labels = Int32Array.from(rowLabels, (label) => indexOf.get(label)!);
  const testFraction = testFile === null ? (options.testFraction ?? 0.2) : 0;
  const split = stratifiedSplit(labels, classes.length, testFraction, options.seed ?? 0);

  const columns = fitColumns(
    file,
    { categorical, leftOut: new Set([...ignored, classColumn]), decimal: options.decimal },
    split.train,
    notes,
  );
  const inputs = inputsOf(columns);
  const size = inputCount(inputs);
  if (size * (file.rows.length + (testFile?.rows.length ?? 0)) > MOST_FEATURE_CELLS) {
    throw new DatasetError(
      'bad-input',
      `${file.path} gives ${size} features for ${file.rows.length} rows, more than ${MOST_FEATURE_CELLS} ` +
        'numbers in all, the most that is read. Leave columns of many categories out with dataset.ignore.',
    );
  }
  const samples = (from: CsvFile, rows: ArrayLike<number>, rowClass: Int32Array): Samples => ({
    name,
    classes,
    inputShape: [size],
    count: rows.length,
    size,
    scale: 1,
    columns: inputs,
    features: encodeRows(columns, from, rows, notes),
    labels: Int32Array.from(rows, (row) => rowClass[row]),
  });
  const train = samples(file, split.train, labels);
  let test: Samples | null = null;
  if (testFile !== null) {
    const testLabels = matchLabels(testFile, readLabels(testFile, classColumn, notes), classes, notes);
    test = samples(
      testFile,
      testFile.rows.map((_, row) => row),
      testLabels,
    );
  } else if (split.test.length > 0) {
    test = samples(file, split.test, labels);
  }
  return {
    name,
    classes,
    classColumn: file.columnNames[classColumn],
    inputShape: train.inputShape,
    train,
    test,
    notes,
  };
}

interface ColumnUse {
  readonly categorical: ReadonlySet<number>;
  readonly leftOut: ReadonlySet<number>;
  readonly decimal: '.' | ',' | undefined;
}

function fitColumns(
  file: CsvFile,
  { categorical, leftOut, decimal }: ColumnUse,
  trainRows: Int32Array,
  notes: string[],
): FeatureColumn[] {
  const used = [...file.columnNames.keys()].filter((column) => !leftOut.has(column));
  const kinds = columnKinds(
    file,
    used.filter((column) => !categorical.has(column)),
    decimal,
    notes,
  );
  const columns: FeatureColumn[] = [];
  const constant: string[] = [];
  const sparse: string[] = [];
  for (const column of used) {
    const name = file.columnNames[column];
    const fitted = fitColumn(file, column, kinds.get(column) ?? null, trainRows, notes);
    if (fitted === null) (hasGap(file, column, trainRows) ? sparse : constant).push(name);
    else columns.push(fitted);
    if (fitted?.input.kind === 'number' && isIdentifier(file, column))
      notes.push(
        `column '${name}' has another number in every row, and is a feature like any other ` +
          `(dataset.ignore: ['${name}'] leaves it out)`,
      );
  }
  if (constant.length > 0) notes.push(`left out, because every training row has the same value: ${listed(constant)}`);
  if (sparse.length > 0)
    notes.push(`left out, because every training row has the same value or none: ${listed(sparse)}`);
  if (columns.length === 0)
    throw new DatasetError('bad-input', `${file.path} has no column that tells its training rows apart`);
  return columns;
}

const hasGap = ({ rows, missing }: CsvFile, column: number, trainRows: Int32Array): boolean =>
  trainRows.some((row) => missing.anywhere(rows[row][column]) || missing.inNumbers(rows[row][column]));

const identifier = /(^|[^a-z])(id|ids|idx|index|row|key|nr|no|number|serial|uid)([^a-z]|$)/i;

/**
 * Whether a column has the name of an identifier and a different whole number in every row. (A few rows may by chance.)
 */
function isIdentifier({ columnNames, rows }: CsvFile, column: number): boolean {
  const name = columnNames[column].replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  if (rows.length < 10 || !identifier.test(name)) return false;
  const cells = new Set(rows.map((row) => row[column]));
  return cells.size === rows.length && rows.every((row) => /^\d+$/.test(row[column]));
}

/** A name comes before a number: pandas names columns 0, 1, 2, ... */
function findColumn(file: CsvFile, wanted: ColumnChoice, option: string, notes: string[]): number {
  const { columnNames } = file;
  const number = typeof wanted === 'number' ? wanted : /^-?\d+$/.test(wanted) ? Number(wanted) : NaN;
  const at = number < 0 ? columnNames.length + number : number;
  const named = columnNames.indexOf(String(wanted));
  if (named >= 0) {
    if (Number.isInteger(at) && at !== named)
      notes.push(`${file.path}: '${wanted}' (dataset.${option}) is the column of this name, not column number ${at}`);
    return named;
  }
  if (Number.isInteger(at) && at >= 0 && at < columnNames.length) return at;
  throw new DatasetError(
    'bad-input',
    `${file.path} has no column '${wanted}' (dataset.${option}). It has ${columnNames.length}` +
      `${file.hasHeader ? '' : ', and no header'}: ${listed(columnNames)}. Give a name, or a number from 0.` +
      (columnNames.length === 1 ? ' One column only: is the delimiter another one (dataset.delimiter)?' : ''),
  );
}

/** Whether the first column is the index that pandas or R writes: without a name, and counting the rows. */
function isIndex({ hasHeader, columnNames, rows }: CsvFile): boolean {
  if (!hasHeader || columnNames.length < 2 || !['column 0', 'Unnamed: 0'].includes(columnNames[0])) return false;
  const start = Number(rows[0][0]);
  return (start === 0 || start === 1) && rows.every((row, at) => row[0] === String(at + start));
}

async function readTestFile(path: string, file: CsvFile, format: CsvFormat, notes: string[]): Promise<CsvFile> {
  const test = await readCsv(path, { ...format, header: file.hasHeader }, [], notes);
  const same =
    test.columnNames.length === file.columnNames.length &&
    test.columnNames.every((name, at) => name === file.columnNames[at]);
  if (!same) {
    throw new DatasetError(
      'bad-input',
      `${path} must have the columns of ${file.path} (${listed(file.columnNames)}); it has ` + listed(test.columnNames),
    );
  }
  return test;
}
