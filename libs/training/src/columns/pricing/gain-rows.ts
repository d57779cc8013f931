// Tested by price-neurons.unit.test.ts.
import { weightBound } from '@mipnet/network';
import type { PricingTask } from './pricing-task.js';

/**
 * What a pricing problem depends on: rows without a gain are left out, rows that agree on all inputs of the part are
 * one, inputs that do not vary are left out, and every input counts from a base, its most frequent value (two-valued
 * inputs) or its smallest one. So a score is the sum over the neuron's columns of coefficient * (difference from the
 * base), in units.
 */
export interface GainRows {
  readonly count: number;
  readonly gains: Float64Array;
  /** Sum of the gains. */
  readonly total: number;
  /** Sum of the absolute gains. */
  readonly mass: number;
  readonly columns: Columns;
  /** The first columns: those that may be the first of a neuron. */
  readonly leads: number;
  /** Largest absolute value of a weight. */
  readonly largest: number;
}

export interface Columns {
  readonly count: number;
  /** The input of each column, ascending. */
  readonly inputs: Int32Array;
  readonly bases: Float64Array;
  /** Weight = coefficient * sign; -1 for a two-valued input whose most frequent value is the larger one. */
  readonly signs: Int8Array;
  /** Steps of the grid in one unit of the score. */
  readonly unit: number;
  /** Difference from the base in units: columns x rows, column after column; null if `ones` has all of it. */
  readonly differences: Int32Array | null;
  /** If every difference is 0 or 1: where it is 1. */
  readonly ones: Ones | null;
}

export interface Ones {
  /** The rows of column j are rows[rowStarts[j]] up to rows[rowStarts[j + 1] - 1]. */
  readonly rowStarts: Int32Array;
  readonly rows: Int32Array;
  /** The columns of row i, ascending, end at columns[columnEnds[i]]; before the first one is a -1. */
  readonly columnEnds: Int32Array;
  readonly columns: Int32Array;
}

/** Largest score, so that differences of two fit into 32 bits. */
const mostScore = 2 ** 30 - 1;

/**
 * Rows with their gains, merged, and the inputs that vary on them.
 * @throws RangeError if a score may need more than 31 bits
 */
export function gainRows({ rows, gains, part, family }: PricingTask): GainRows {
  const merged = mergedRows(rows, gains, part.from);
  const inputs = varyingInputs(rows, merged.rows, part);
  const columns = columnsOf(rows, merged.rows, inputs);
  const largest = weightBound(family.domain);
  const furthest = largest * family.weights * (columns.differences?.reduce((a, b) => Math.max(a, b), 0) ?? 1);
  if (furthest > mostScore)
    throw new RangeError(
      `pricing: a neuron with ${family.weights} weights of ${family.domain} may have the score ${furthest} on this data; ` +
        `use smaller weights or a coarser grid, so that it is at most ${mostScore}`,
    );
  return {
    count: merged.rows.length,
    gains: merged.gains,
    total: merged.gains.reduce((sum, gain) => sum + gain, 0),
    mass: merged.gains.reduce((sum, gain) => sum + Math.abs(gain), 0),
    columns,
    leads: inputs.filter((input) => input < part.to).length,
    largest,
  };
}

/** One row for all that agree on the inputs from `from` on, if the sum of their gains is not 0. */
function mergedRows(
  { count, inputs, values }: PricingTask['rows'],
  gains: Float64Array,
  from: number,
): { rows: number[]; gains: Float64Array } {
  const firsts = new Map<string, { row: number; gain: number }>();
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  for (let row = 0; row < count; row++) {
    if (gains[row] === 0) continue;
    const [start, end] = [row * inputs + from, (row + 1) * inputs].map((at) => at * values.BYTES_PER_ELEMENT);
    const key = bytes.toString('latin1', start, end);
    const first = firsts.get(key);
    if (first) first.gain += gains[row];
    else firsts.set(key, { row, gain: gains[row] });
  }
  const kept = [...firsts.values()].filter(({ gain }) => gain !== 0);
  return { rows: kept.map(({ row }) => row), gains: Float64Array.from(kept, ({ gain }) => gain) };
}

/**
 * The inputs of the part that vary, and the first one that may lead and does not: a neuron with a weight that changes
 * nothing in the lead belongs to the part, and has as its other inputs any later ones.
 */
function varyingInputs(
  { inputs, values }: PricingTask['rows'],
  rows: readonly number[],
  { from, to }: PricingTask['part'],
): number[] {
  const kept: number[] = [];
  let hasConstantLead = false;
  for (let input = from; input < inputs; input++) {
    const varies = rows.some((row) => values[row * inputs + input] !== values[rows[0] * inputs + input]);
    if (!varies && (input >= to || hasConstantLead)) continue;
    if (!varies) hasConstantLead = true;
    kept.push(input);
  }
  return kept;
}

function columnsOf(
  { inputs: stride, values }: PricingTask['rows'],
  rows: readonly number[],
  inputs: readonly number[],
): Columns {
  const count = rows.length;
  const differences = new Int32Array(inputs.length * count);
  const ranges = inputs.map((input, j) => {
    const column = differences.subarray(j * count, (j + 1) * count);
    for (let i = 0; i < count; i++) column[i] = values[rows[i] * stride + input];
    return rangeOf(column);
  });
  const steps = new Set(ranges.map(({ low, high }) => high - low).filter((step) => step > 0));
  const isTwoValued = steps.size <= 1 && ranges.every(({ hasOthers }) => !hasOthers);
  const unit = isTwoValued ? ([...steps][0] ?? 1) : 1;
  const signs = Int8Array.from(ranges, ({ highs }) => (isTwoValued && highs > count / 2 ? -1 : 1));
  const bases = Float64Array.from(ranges, ({ low, high }, j) => (signs[j] < 0 ? high : low));
  for (let j = 0, at = 0; j < inputs.length; j++)
    for (let i = 0; i < count; i++, at++) differences[at] = (signs[j] * (differences[at] - bases[j])) / unit;
  const described = { count: inputs.length, inputs: Int32Array.from(inputs), bases, signs, unit };
  if (isTwoValued) return { ...described, differences: null, ones: onesOf(inputs.length, count, differences) };
  return { ...described, differences, ones: null };
}

/** Smallest and largest value, how often the largest occurs if it is not the smallest, and whether there are others. */
function rangeOf(values: Int32Array): { low: number; high: number; highs: number; hasOthers: boolean } {
  if (values.length === 0) return { low: 0, high: 0, highs: 0, hasOthers: false };
  let [low, high] = [values[0], values[0]];
  for (const value of values) {
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  let [lows, highs] = [0, 0];
  for (const value of values) {
    if (value === low) lows++;
    else if (value === high) highs++;
  }
  return { low, high, highs, hasOthers: lows + highs < values.length };
}

function onesOf(columnCount: number, rowCount: number, differences: Int32Array): Ones {
  const size = differences.reduce((sum, difference) => sum + difference, 0);
  const [rowStarts, rows] = [new Int32Array(columnCount + 1), new Int32Array(size)];
  for (let j = 0, end = 0; j < columnCount; j++) {
    for (let i = 0; i < rowCount; i++) if (differences[j * rowCount + i] === 1) rows[end++] = i;
    rowStarts[j + 1] = end;
  }
  const [columnEnds, columns] = [new Int32Array(rowCount), new Int32Array(size + rowCount)];
  for (let i = 0, end = 0; i < rowCount; i++) {
    columns[end++] = -1;
    for (let j = 0; j < columnCount; j++) if (differences[j * rowCount + i] === 1) columns[end++] = j;
    columnEnds[i] = end - 1;
  }
  return { rowStarts, rows, columnEnds, columns };
}

/** Adds coefficient * difference of a column to the scores. @returns additions */
export function addColumn(
  { count, columns }: GainRows,
  scores: Int32Array,
  column: number,
  coefficient: number,
): number {
  const { ones, differences } = columns;
  if (ones) {
    const end = ones.rowStarts[column + 1];
    for (let e = ones.rowStarts[column]; e < end; e++) scores[ones.rows[e]] += coefficient;
    return end - ones.rowStarts[column];
  }
  const start = column * count;
  for (let i = 0; i < count; i++) scores[i] += coefficient * differences![start + i];
  return count;
}
