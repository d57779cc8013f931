import type { NumberFormat } from './number-text.js';

/**
 * How a column of a table becomes inputs of a network. A network file takes the table's own numbers (one-hot for
 * categories) and begins with the layers that scale them; it carries these values as metadata, so that anybody can
 * apply it. All numbers are float32.
 */
export type InputColumn = NumberColumn | CategoryColumn;

/** One input: the number itself, or NaN if it is missing. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  /** Smallest and largest number of the training rows; they become 0 and 1, and so does what lies beyond them. */
  readonly low: number;
  readonly high: number;
  /** Stands for a missing number: the median of the training rows. */
  readonly fill: number;
  /** Standard deviation in the training rows. */
  readonly sd: number;
  /** Whether all training values are whole numbers. */
  readonly integer: boolean;
  /** How the training table writes its numbers, if not with a decimal point alone. */
  readonly format?: NumberFormat | undefined;
}

/** As many inputs as values: 1 for the row's own value and 0 for the others. A value that is not listed has no 1. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  /** In the order of the inputs. A missing value is '?'. */
  readonly values: readonly string[];
}

export const widthOf = (column: InputColumn): number => (column.kind === 'number' ? 1 : column.values.length);

/** Inputs of all columns together. */
export const inputCount = (columns: readonly InputColumn[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

/** One name an input: `age`, `job=clerk`. */
export const inputNames = (columns: readonly InputColumn[]): string[] =>
  columns.flatMap((column) =>
    column.kind === 'number' ? [column.name] : column.values.map((value) => `${column.name}=${value}`),
  );

/** What turns raw inputs into numbers from 0 to 1: clip((filled - low) * factor), one of each per input. */
export interface InputScaling {
  readonly fill: Float64Array;
  readonly low: Float64Array;
  /** 1 / (high - low), rounded to float32. */
  readonly factor: Float64Array;
}

/** The inputs of categories are 0 or 1 already; without a value they have 0. */
export function scalingOf(columns: readonly InputColumn[]): InputScaling {
  const perInput = (of: (column: NumberColumn) => number, category: number): Float64Array =>
    Float64Array.from(
      columns.flatMap((column) => (column.kind === 'number' ? [of(column)] : column.values.map(() => category))),
    );
  return {
    fill: perInput(({ fill }) => fill, 0),
    low: perInput(({ low }) => low, 0),
    factor: perInput((column) => factorOf(column), 1),
  };
}

export const factorOf = ({ low, high }: Pick<NumberColumn, 'low' | 'high'>): number =>
  Math.fround(1 / Math.fround(high - low));

/**
 * The numbers of raw rows as the first layers of a network file compute them: every step in float32.
 * @param raw rows x inputs, row-major
 * @returns as many numbers, each from 0 to 1
 */
export function scaledInputs({ fill, low, factor }: InputScaling, raw: ArrayLike<number>): Float64Array {
  const size = low.length;
  const scaled = new Float64Array(raw.length);
  for (let at = 0, input = 0; at < raw.length; at++) {
    const x = Number.isNaN(raw[at]) ? fill[input] : raw[at];
    const value = Math.fround(Math.fround(x - low[input]) * factor[input]);
    scaled[at] = value < 0 ? 0 : value > 1 ? 1 : value;
    if (++input === size) input = 0;
  }
  return scaled;
}
