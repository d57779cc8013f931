// Tested by sources/arrays.unit.test.ts.
import { matchLabels, readLabels, sortedClasses } from './class-labels.js';
import { ColumnProfile } from './column-profile.js';
import { DatasetError } from './dataset-error.js';
import { imageDataset, type ImagePart } from './image-dataset.js';
import { missingValues } from './missing-values.js';
import type { NpyArray, NpyHeader, NpyNumbers } from './npy.js';
import { largestNumber, plainFormat, sameFormat } from './number-text.js';
import type { LoadedDataset } from './samples.js';
import type { SourceOptions } from './sources/data-source.js';
import { loadTableFile } from './table-dataset.js';
import type { TableReader } from './table-reader.js';
import type { ColumnOfNumbers, ColumnUse, TableFile } from './table-file.js';
import type { TableHeader } from './table-options.js';
import { TextCells } from './text-cells.js';

/** An array of rows and their labels. */
export interface LabelledArray {
  /** Names the two in messages. */
  readonly name: string;
  readonly labelName: string;
  readonly x: NpyArray;
  readonly y: NpyArray;
}

export interface LabelledArrays {
  readonly train: LabelledArray;
  /** Without it, a part of the rows is set aside. */
  readonly test?: LabelledArray;
}

/**
 * What the rows of an array are: [rows, features] is a table; [images, rows, columns] and [images, channels, rows,
 * columns] are images.
 * @throws DatasetError 'bad-input' for another shape
 */
export function contentOfArray({ shape }: NpyHeader, name: string): 'images' | 'table' {
  if (shape.length === 2) return 'table';
  if (shape.length === 4 && [1, 3, 4].includes(shape[3]) && shape[1] > 4)
    throw new DatasetError(
      'bad-input',
      `${name} has the shape ${shape.join(' x ')}, with the channels last. Save them first: numpy.moveaxis(X, 3, 1).`,
    );
  if (shape.length === 3 || shape.length === 4) return 'images';
  throw new DatasetError(
    'bad-input',
    `${name} has the shape ${shape.join(' x ') || 'of a single number'}. Rows are [rows, features] for a table, ` +
      '[images, rows, columns] or [images, channels, rows, columns] for images.',
  );
}

/** @throws DatasetError 'bad-input' */
export async function loadArrays(
  { train, test }: LabelledArrays,
  options: SourceOptions,
  name: string,
): Promise<LoadedDataset> {
  for (const part of test === undefined ? [train] : [train, test]) checkLabels(part);
  if (test !== undefined && test.x.shape.slice(1).join() !== train.x.shape.slice(1).join())
    throw new DatasetError(
      'bad-input',
      `${test.name} has the shape ${test.x.shape.join(' x ')} and ${train.name} ${train.x.shape.join(' x ')}: ` +
        'their rows are not alike',
    );
  return contentOfArray(train.x, train.name) === 'table'
    ? loadArrayTable({ train, test }, options, name)
    : loadArrayImages({ train, test }, options, name);
}

function checkLabels({ name, labelName, x, y }: LabelledArray): void {
  const isColumn = y.shape.length === 1 || (y.shape.length === 2 && y.shape[1] === 1);
  if (!isColumn)
    throw new DatasetError(
      'bad-input',
      `${labelName} has the shape ${y.shape.join(' x ')}; labels are one class per row. Of one-hot rows give ` +
        'numpy.argmax(y, axis=1).',
    );
  if (y.shape[0] !== x.shape[0])
    throw new DatasetError('bad-input', `${name} has ${x.shape[0]} rows and ${labelName} ${y.shape[0]} labels`);
  if (x.shape.includes(0)) throw new DatasetError('bad-input', `${name} is empty (${x.shape.join(' x ')})`);
  if (!ArrayBuffer.isView(x.values)) throw new DatasetError('bad-input', `${name} holds texts, not numbers`);
}

/** A column of an array in memory. */
class ArrayColumn implements ColumnOfNumbers {
  readonly kind = 'numbers';
  readonly #values: NpyNumbers;
  readonly #size: number;
  readonly #column: number;

  constructor(values: NpyNumbers, size: number, column: number) {
    this.#values = values;
    this.#size = size;
    this.#column = column;
  }

  at(row: number): number {
    return this.#values[row * this.#size + this.#column];
  }

  marker(): string {
    return 'NaN';
  }

  profile(): ColumnProfile {
    const profile = new ColumnProfile();
    for (let row = 0; row * this.#size < this.#values.length; row++) {
      const value = this.at(row);
      if (Number.isNaN(value)) continue;
      if (Math.abs(value) > largestNumber) profile.infinite ??= { row, text: String(value) };
      const isWhole = Number.isInteger(value);
      profile.onlyDigits &&= isWhole && value >= 0;
      profile.present++;
    }
    return profile;
  }

  isReadAs(kind: Parameters<ColumnOfNumbers['isReadAs']>[0]): boolean {
    return kind !== null && sameFormat(kind, plainFormat);
  }
}

const missing = missingValues();

function tableOf({ name, x, y }: LabelledArray, uses: (header: TableHeader) => readonly ColumnUse[]): TableFile {
  const [count, size] = x.shape;
  const values = x.values as NpyNumbers;
  const header = {
    path: name,
    columnNames: [...Array.from({ length: size }, (_, at) => `x${at}`), 'y'],
    hasHeader: true,
  };
  const used = uses(header);
  return {
    ...header,
    delimiter: ',',
    isTyped: true,
    count,
    columns: used.map((use, at) => {
      if (at === size) return labelsOf(y);
      return use === null
        ? textsOf(count, (row) => String(values[row * size + at]))
        : new ArrayColumn(values, size, at);
    }),
    missing,
    place: (row) => `row ${row}`,
  };
}

/** numpy.bool is 0 or 1 in the file. */
const labelsOf = ({ values, type, shape }: NpyArray): TextCells =>
  textsOf(shape[0], (row) => (type === 'b1' ? String(values[row] === 1) : String(values[row])));

function textsOf(count: number, textOf: (row: number) => string): TextCells {
  const cells = new TextCells(missing);
  for (let row = 0; row < count; row++) cells.addText(textOf(row), row);
  return cells;
}

function loadArrayTable({ train, test }: LabelledArrays, options: SourceOptions, name: string): Promise<LoadedDataset> {
  const reader: TableReader = {
    read: async (path, uses) => tableOf(path === train.name ? train : test!, uses),
    readAs: async (table) => table,
  };
  return loadTableFile({ ...options, file: train.name, class: 'y', test: test?.name }, reader, name);
}

function loadArrayImages({ train, test }: LabelledArrays, options: SourceOptions, name: string): LoadedDataset {
  const notes: string[] = [];
  const labels = labelTable(train);
  const trained = readLabels(labels, 0, notes);
  const classes = sortedClasses(labels, 0, trained, notes);
  const part = (array: LabelledArray): ImagePart => {
    const table = array === train ? labels : labelTable(array);
    const rows = array === train ? trained : readLabels(table, 0, notes);
    return { features: pixelsOf(array), labels: matchLabels(table, rows, classes, notes) };
  };
  const trainPart = part(train);
  const isBytes = trainPart.features instanceof Uint8Array;
  const sides = train.x.shape.slice(1);
  return imageDataset(
    {
      name,
      classes,
      inputShape: sides.length === 2 ? [1, ...sides] : sides,
      scale: isBytes ? 1 / 255 : 1,
      train: trainPart,
      ...(test && { test: part(test) }),
      notes,
    },
    options,
  );
}

const labelTable = ({ labelName, y }: LabelledArray): TableFile => ({
  path: labelName,
  columnNames: ['y'],
  hasHeader: true,
  delimiter: ',',
  isTyped: true,
  count: y.shape[0],
  columns: [labelsOf(y)],
  missing,
  place: (row) => `row ${row}`,
});

/** Whole numbers from 0 to 255 are stored as bytes; numbers from 0 to 1 as they are, in float32. */
function pixelsOf({ name, x: { values, type } }: LabelledArray): Uint8Array | Float32Array {
  const numbers = values as NpyNumbers;
  if (type === 'u1') return numbers as Uint8Array;
  const [most, whole] = type.startsWith('f') || type === 'b1' ? [1, false] : [255, true];
  const at = numbers.findIndex((value) => !(value >= 0 && value <= most));
  if (at >= 0)
    throw new DatasetError(
      'bad-input',
      `${name} holds ${numbers[at]}. Pixels are whole numbers from 0 to 255 (uint8), or numbers from 0 to 1 ` +
        '(float32): scale them first.',
    );
  return whole ? Uint8Array.from(numbers) : Float32Array.from(numbers);
}
