import { deskewed } from './deskew.js';
import { scaledInputs, scalingOf, type InputColumn } from './input-columns.js';

/**
 * Labelled rows in memory. Features are kept as they are stored, so that an image has one byte per pixel and its exact
 * value, a multiple of 1/255, is known: value = stored number * scale. The
 * numbers of a table are stored as they are; `columns` says how they are scaled.
 */
export interface Samples {
  /** The data set's name, e.g. `mnist`. */
  readonly name: string;
  /** Class names; a label is an index into this list. */
  readonly classes: readonly string[];
  /** Shape of one row: [channels, rows, columns] for images, [features] for tables. */
  readonly inputShape: readonly number[];
  /** Rows. */
  readonly count: number;
  /** Stored numbers per row: the product of `inputShape`. */
  readonly size: number;
  /** Row-major, `count * size` stored numbers. */
  readonly features: Features;
  readonly scale: number;
  /** Class index of each row. */
  readonly labels: Int32Array;
  /** Of a table: what its numbers mean. */
  readonly columns?: readonly InputColumn[];
  /** Of images: what is done to each one before a network reads it. `features` holds them as they were. */
  readonly transformation?: Transformation;
}

/** A step of the data set that a network's file names, because every program that uses it has to do the same. */
export type Transformation = 'deskew';

export type Features = Uint8Array | Uint16Array | Float32Array | Float64Array;

/** A data set as its source gives it, before a view of it is chosen. */
export interface LoadedDataset {
  readonly name: string;
  readonly classes: readonly string[];
  readonly inputShape: readonly number[];
  readonly train: Samples;
  /** Null if the source has no test part. */
  readonly test: Samples | null;
  /** The fraction of the rows of each class that was drawn for the test part, if the source has none. */
  readonly drawnForTest?: number;
  /** Of a table: the name of its class column. */
  readonly classColumn?: string;
  /** Messages for the user, e.g. where files were found or that constant features were dropped. */
  readonly notes: readonly string[];
}

/** Bytes that arrived so far; `total` is null while a server has not said how many will come. */
export interface DownloadProgress {
  readonly file: string;
  readonly received: number;
  readonly total: number | null;
}

/** The chosen rows, in the given order. A row may occur twice. */
export function selectRows(samples: Samples, rows: ArrayLike<number>): Samples {
  const { size } = samples;
  const features = emptyFeatures(storedAs(samples.features), rows.length * size);
  const labels = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Number.isInteger(row) || row < 0 || row >= samples.count) {
      throw new RangeError(`row ${row} is not one of the ${samples.count} rows of ${samples.name}`);
    }
    features.set(samples.features.subarray(row * size, (row + 1) * size), i * size);
    labels[i] = samples.labels[row];
  }
  return { ...samples, count: rows.length, features, labels };
}

/** How a table stores its numbers. */
export type StoredAs = 'uint8' | 'uint16' | 'float32' | 'float64';

const arrays = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array, float64: Float64Array } as const;

export const emptyFeatures = (as: StoredAs, length: number): Features => new arrays[as](length);

export function storedAs(features: Features): StoredAs {
  if (features instanceof Uint8Array) return 'uint8';
  if (features instanceof Uint16Array) return 'uint16';
  return features instanceof Float32Array ? 'float32' : 'float64';
}

/** Rows with all that their numbers mean. */
export type Rows = Pick<Samples, 'features' | 'scale' | 'columns' | 'inputShape' | 'transformation'>;

/**
 * What the network of a plan reads, `count * size` numbers: pixels (stored number * scale), or the numbers of a table
 * scaled to [0, 1].
 */
export function valuesOf(rows: Rows): Float64Array {
  return rows.columns === undefined ? rawOf(rows) : scaledInputs(scalingOf(rows.columns), rows.features);
}

/** What a network file reads: pixels, transformed if the data set says so, or the numbers of a table as they are. */
export function rawOf(rows: Omit<Rows, 'columns'>): Float64Array {
  const { features, scale } = transformed(rows);
  return scaled(features, scale, new Float64Array(features.length));
}

// A loop: Float64Array.from with a function takes ten times as long.
function scaled(features: Features, scale: number, values: Float64Array): Float64Array {
  for (let i = 0; i < features.length; i++) values[i] = features[i] * scale;
  return values;
}

/**
 * `valuesOf` for parts of a table in turn. What it returns is valid until the next call, so that reading a million rows
 * needs the memory of one part.
 */
export function valuesInTurn(): (rows: Rows) => Float64Array {
  let buffer = new Float64Array();
  return (rows) => {
    if (rows.columns !== undefined) return valuesOf(rows);
    const { features, scale } = transformed(rows);
    if (buffer.length < features.length) buffer = new Float64Array(features.length);
    return scaled(features, scale, buffer).subarray(0, features.length);
  };
}

/** The rows from one to before another; they share their numbers with the others. */
export function partOfRows(samples: Samples, from: number, to: number): Samples {
  const { features, labels, size } = samples;
  const count = Math.max(0, Math.min(to, samples.count) - from);
  return {
    ...samples,
    count,
    features: features.subarray(from * size, (from + count) * size),
    labels: labels.subarray(from, from + count),
  };
}

/** Images as a network reads them: nothing is left to be done to them. */
export function transformed<R extends Omit<Rows, 'columns'>>(rows: R): R {
  if (rows.transformation === undefined) return rows;
  return { ...rows, features: deskewed(rows.features, rows.inputShape), transformation: undefined };
}

/** The same with the numbers that stand for missing ones: what a network of a table reads behind its first layer. */
export function filledOf(rows: Rows): Float64Array {
  const values = rawOf(rows);
  if (rows.columns === undefined) return values;
  const { fill } = scalingOf(rows.columns);
  return values.map((value, at) => (Number.isNaN(value) ? fill[at % fill.length] : value));
}
