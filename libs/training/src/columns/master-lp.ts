// Tested by master.unit.test.ts.
import type { Model } from '@mipnet/mip';
import type { Basis } from '@mipnet/solver';
import type { ColumnRows } from './column-rows.js';
import type { Sifting } from './sifting.js';
import type { SparseNeuron } from './sparse-neuron.js';

/**
 * The dual over the active options. Its columns: cost v that moves from the base of a row to an active option. Its
 * rows: one per class but the first (their biases), one per neuron, and, for each row of data with several active
 * options, one that says that no more moves than the row's cost.
 */
export interface MasterLp {
  readonly model: Model;
  /** The active options, ascending: those of the columns. */
  readonly options: Int32Array;
  /** Rows of data with several active options, ascending. */
  readonly shared: Int32Array;
}

interface Restricted {
  readonly rows: Pick<ColumnRows, 'count' | 'labels' | 'classes'>;
  readonly neurons: readonly SparseNeuron[];
  readonly costs: Float64Array;
  readonly sifting: Sifting;
  /** No optimal output or bias is larger. */
  readonly most: number;
}

/**
 * All columns start at their lower end, where every row's cost is with its base. Two more columns per bias and neuron
 * stand for the largest output: without them, a bad guess of the bases can make the LP infeasible.
 */
export function restrictedDual({ rows, neurons, costs, sifting, most }: Restricted): MasterLp {
  const { count, labels, classes } = rows;
  const { base } = sifting;
  const options = sifting.active();
  const firsts = firstsOf(options, count, classes);
  const active = (row: number): number => firsts[row + 1] - firsts[row];
  const shared = Int32Array.from(Int32Array.from({ length: count }, (_, row) => row).filter((row) => active(row) > 1));
  const biases = classes - 1;
  const priced = biases + neurons.length;
  const rowCount = priced + shared.length;
  const columnCount = options.length + 2 * priced;
  const everyRow = Int32Array.from({ length: count }, (_, row) => row);
  const rowsOf = (t: number): Int32Array => (t < biases ? everyRow : neurons[t - biases].rows);
  const classOf = (t: number): number => (t < biases ? t + 1 : neurons[t - biases].class);
  const limitOf = (t: number): number => (t < biases ? 0 : neurons[t - biases].limit);

  let entries = 2 * priced;
  for (let t = 0; t < priced; t++) for (const row of rowsOf(t)) entries += active(row);
  for (const row of shared) entries += active(row);
  const starts = new Int32Array(rowCount + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  let next = 0;
  const put = (column: number, value: number): void => {
    indices[next] = column;
    values[next++] = value;
  };
  const rowLower = new Float64Array(rowCount);
  const rowUpper = new Float64Array(rowCount);
  for (let t = 0; t < priced; t++) {
    const k = classOf(t);
    let fixed = 0;
    for (const row of rowsOf(t)) {
      const from = base[row];
      if (from !== labels[row]) fixed += (Number(k === labels[row]) - Number(k === from)) * costs[row];
      for (let column = firsts[row]; column < firsts[row + 1]; column++) {
        const to = options[column] - row * classes;
        if (k === from || k === to) put(column, k === from ? 1 : -1);
      }
    }
    for (const side of [0, 1]) put(options.length + 2 * t + side, 1 - 2 * side);
    starts[t + 1] = next;
    rowLower[t] = -limitOf(t) - fixed;
    rowUpper[t] = limitOf(t) - fixed;
  }
  shared.forEach((row, at) => {
    for (let column = firsts[row]; column < firsts[row + 1]; column++) put(column, 1);
    starts[priced + at + 1] = next;
    rowLower[priced + at] = -Infinity;
    rowUpper[priced + at] = costs[row];
  });

  const columnUpper = new Float64Array(columnCount).fill(Infinity);
  const cost = new Float64Array(columnCount).fill(most);
  options.forEach((option, column) => {
    const row = Math.floor(option / classes);
    if (active(row) === 1) columnUpper[column] = costs[row];
    // The sum of the duals grows if cost leaves the option of the row's own class.
    cost[column] = Number(option - row * classes === labels[row]) - Number(base[row] === labels[row]);
  });
  const model: Model = {
    columnCount,
    rowCount,
    columnLower: new Float64Array(columnCount),
    columnUpper,
    cost,
    offset: 0,
    integer: new Uint8Array(columnCount),
    rowLower,
    rowUpper,
    starts,
    indices: indices.subarray(0, next),
    values: values.subarray(0, next),
  };
  return { model, options, shared };
}

/** Where the options of each row begin. */
function firstsOf(options: Int32Array, count: number, classes: number): Int32Array {
  const firsts = new Int32Array(count + 1);
  for (const option of options) firsts[Math.floor(option / classes) + 1]++;
  for (let row = 0; row < count; row++) firsts[row + 1] += firsts[row];
  return firsts;
}

/** From which the next master starts. */
export interface MasterBasis {
  /** The options whose amounts are basic, of the rows of data where that is not the base alone. */
  readonly options: Int32Array;
  /** Status of the row of each bias, 1: basic. */
  readonly biases: Int32Array;
  /** Status of the row of each neuron. */
  readonly neurons: Int32Array;
}

/** A variable or row of a basis that is not at a bound, as HiGHS counts. */
export const basic = 1;
const atUpper = 2;

/** The basis of an LP with other active options and more neurons: the rows of new neurons are basic. */
export function basisFor(before: MasterBasis, { model, options, shared }: MasterLp, { base }: Sifting): Basis {
  const isBasic = new Set(before.options);
  const biases = before.biases.length;
  const classes = biases + 1;
  const priced = model.rowCount - shared.length;
  const neurons = before.neurons.length;
  return {
    columns: Int32Array.from({ length: model.columnCount }, (_, column) =>
      column < options.length && isBasic.has(options[column]) ? basic : 0,
    ),
    rows: Int32Array.from({ length: model.rowCount }, (_, t) => {
      if (t < biases) return before.biases[t] === basic ? basic : 0;
      if (t < priced) return t - biases < neurons ? before.neurons[t - biases] : basic;
      const row = shared[t - priced];
      const isKnown = Array.from({ length: classes }, (__, of) => row * classes + of).some((at) => isBasic.has(at));
      return !isKnown || isBasic.has(row * classes + base[row]) ? basic : atUpper;
    }),
  };
}

/** @param solved of the LP, at its optimum */
export function basisOf(solved: Basis, { options, shared }: MasterLp, { base }: Sifting, classes: number): MasterBasis {
  const biases = classes - 1;
  const priced = solved.rows.length - shared.length;
  const basicOf = new Map<number, number[]>();
  const note = (row: number, of: number): void =>
    void basicOf.set(row, [...(basicOf.get(row) ?? []), row * classes + of]);
  const isShared = new Set(shared);
  options.forEach((option, column) => {
    if (solved.columns[column] !== basic) return;
    const row = Math.floor(option / classes);
    note(row, option - row * classes);
    // Between its ends: both options have a part of the cost.
    if (!isShared.has(row)) note(row, base[row]);
  });
  shared.forEach((row, at) => {
    if (solved.rows[priced + at] === basic) note(row, base[row]);
  });
  const isAtBase = ([row, own]: [number, number[]]): boolean =>
    own.length === 1 && own[0] === row * classes + base[row];
  return {
    options: Int32Array.from([...basicOf].filter((entry) => !isAtBase(entry)).flatMap(([, own]) => own)).sort(),
    biases: solved.rows.slice(0, biases),
    neurons: solved.rows.slice(biases, priced),
  };
}
