// Tested by csv.unit.test.ts.
import { matchLabels, readLabels, sortedClasses } from './class-labels.js';
import { columnKinds } from './column-kind.js';
import { DatasetError } from './dataset-error.js';
import { differsInEveryRow, encodeRows, fitColumn, inputsOf, type FeatureColumn } from './feature-columns.js';
import { inputCount } from './input-columns.js';
import { loadRowsAsTrained } from './rows-as-trained.js';
import { plainFormat, sameFormat } from './number-text.js';
import type { LoadedDataset, Samples } from './samples.js';
import { stratifiedSplit } from './stratified-split.js';
import { listed, type ColumnKind, type ColumnUse, type TableFile } from './table-file.js';
import type { TableReader } from './table-reader.js';
import {
  chooseColumns,
  hasIndex,
  isIdentifier,
  type ChosenColumns,
  type TableHeader,
  type TableOptions,
} from './table-options.js';

/** Most numbers of the features, 4 bytes each. */
const MOST_FEATURE_CELLS = 100_000_000;

/**
 * Any table: numeric columns keep their numbers, which `columns` scales by the minimum and maximum of the training
 * part; the others become one feature per category. Nothing depends on test rows.
 * @param name of the data set, in messages and results
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input'
 */
export async function loadTableFile(options: TableOptions, reader: TableReader, name: string): Promise<LoadedDataset> {
  if (options.trained) return loadRowsAsTrained(options, options.trained, reader, name);
  const notes: string[] = [];
  let chosen: ChosenColumns | undefined;
  const choose = (header: TableHeader): readonly ColumnUse[] => {
    const { classColumn, categorical, ignored } = (chosen = chooseColumns(header, options, notes));
    return header.columnNames.map((_, column) =>
      column === classColumn || categorical.has(column) ? null : ignored.has(column) ? 'unused' : 'unknown',
    );
  };
  const asWritten = await reader.read(options.file, choose, notes);
  const { classColumn, categorical, ignored } = chosen!;
  const leftOut = new Set([...ignored, classColumn]);
  if (!leftOut.has(0) && hasIndex(asWritten)) {
    leftOut.add(0);
    notes.push(`${asWritten.path}: the first column has no name and counts the rows, so it is left out`);
  }
  const rowLabels = readLabels(asWritten, classColumn, notes);
  const classes = sortedClasses(asWritten, classColumn, rowLabels, notes);
  const labels = matchLabels(asWritten, rowLabels, classes, notes);
  const testFraction = options.test === undefined ? (options.testFraction ?? 0.2) : 0;
  const split = stratifiedSplit(labels, classes.length, testFraction, options.seed ?? 0);

  const used = [...asWritten.columnNames.keys()].filter((column) => !leftOut.has(column));
  const free = used.filter((column) => !categorical.has(column));
  const kinds = columnKinds(asWritten, free, options.decimal, notes);
  const file = await reader.readAs(asWritten, kinds);
  const telling = used.filter(
    (column) => categorical.has(column) || !differsInEveryRow(file, column, split.train, notes),
  );
  const columns = fitColumns(file, telling, split.train, notes).map((each) => withFormat(each, kinds.get(each.column)));
  const inputs = inputsOf(columns);
  const size = inputCount(inputs);

  const read = new Map<number, ColumnUse>(columns.map(({ column }) => [column, kinds.get(column) ?? null]));
  read.set(classColumn, null);
  const testFile = options.test === undefined ? null : await readTestFile(options.test, { reader, file, read, notes });
  if (size * (file.count + (testFile?.count ?? 0)) > MOST_FEATURE_CELLS) {
    throw new DatasetError(
      'bad-input',
      `${file.path} gives ${size} features for ${file.count} rows, more than ${MOST_FEATURE_CELLS} ` +
        'numbers in all, the most that is read. Leave columns of many categories out with dataset.ignore.',
    );
  }
  const placeIn = (from: TableFile, column: number): number => from.columnNames.indexOf(file.columnNames[column]);
  const samples = (from: TableFile, rows: Int32Array, rowClass: Int32Array): Samples => ({
    name,
    classes,
    inputShape: [size],
    count: rows.length,
    size,
    scale: 1,
    columns: inputs,
    features: encodeRows(
      columns.map((each) => ({ ...each, column: placeIn(from, each.column) })),
      from,
      rows,
      notes,
    ),
    labels: rows.map((row) => rowClass[row]),
  });
  const train = samples(file, split.train, labels);
  let test: Samples | null = null;
  if (testFile !== null) {
    const testLabels = matchLabels(
      testFile,
      readLabels(testFile, placeIn(testFile, classColumn), notes),
      classes,
      notes,
    );
    test = samples(testFile, Int32Array.from(testLabels.keys()), testLabels);
    if (isSame(train, test))
      notes.push(
        `${testFile.path} has the rows of ${file.path}: the test accuracy is that of training rows (dataset.test)`,
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
    ...(testFile === null ? { drawnForTest: testFraction } : {}),
    notes,
  };
}

function withFormat(column: FeatureColumn, format: ColumnKind | undefined): FeatureColumn {
  if (!format || column.input.kind !== 'number' || sameFormat(format, plainFormat)) return column;
  return { column: column.column, input: { ...column.input, format } };
}

function fitColumns(file: TableFile, used: readonly number[], trainRows: Int32Array, notes: string[]): FeatureColumn[] {
  const columns: FeatureColumn[] = [];
  const constant: string[] = [];
  const sparse: string[] = [];
  for (const column of used) {
    const name = file.columnNames[column];
    const fitted = fitColumn(file, column, trainRows, notes);
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

function hasGap({ columns, missing }: TableFile, column: number, trainRows: Int32Array): boolean {
  const cells = columns[column]!;
  if (cells.kind === 'numbers') return trainRows.some((row) => Number.isNaN(cells.at(row)));
  const isMissing = cells.texts.map((text) => missing.anywhere(text) || missing.inNumbers(text));
  return trainRows.some((row) => isMissing[cells.code(row)]);
}

interface TestReading {
  readonly reader: TableReader;
  readonly file: TableFile;
  /** The use of the columns that are needed. */
  readonly read: ReadonlyMap<number, ColumnUse>;
  readonly notes: string[];
}

/** The test table; its columns are found by name, and may be in another order. */
function readTestFile(path: string, { reader, file, read, notes }: TestReading): Promise<TableFile> {
  const uses = ({ columnNames }: TableHeader): readonly ColumnUse[] => {
    const missing = [...read.keys()]
      .map((column) => file.columnNames[column])
      .filter((one) => !columnNames.includes(one));
    if (missing.length > 0)
      throw new DatasetError(
        'bad-input',
        `${path} has no column '${missing[0]}', which ${file.path} has; it has ${listed(columnNames)}`,
      );
    return columnNames.map((name) => {
      const column = file.columnNames.indexOf(name);
      return read.has(column) ? read.get(column)! : 'unused';
    });
  };
  return reader.read(path, uses, notes, file);
}

const isSame = (a: Samples, b: Samples): boolean =>
  a.count === b.count &&
  a.labels.every((label, row) => label === b.labels[row]) &&
  a.features.every((value, at) => Object.is(value, b.features[at]));
