// Tested by search-boxes.unit.test.ts.
import type { Model } from '@mipnet/mip';
import { encodeStage, type StageModel } from '../model/stage-model.js';
import type { FreeNetwork } from '../model/free-network.js';
import { denseAt } from '../problem/free-layers.js';
import type { OpenBox } from '../problem/open-box.js';
import type { Step } from './anneal-neuron.js';
import type { Change } from './search-tree.js';

/**
 * The MIP of one neuron, and which columns are its weights: w = p - n with p, n >= 0. A better network never needs p
 * and n at once, so bounds of w are bounds of p and n, and the other way round.
 */
export class NeuronModel {
  readonly model: Model;
  readonly stage: StageModel;
  /** Sum |w| of the weights that no column moves. */
  readonly sizeOffset: number;
  /** Columns p and n of each weight; -1 for one that the model does not need. */
  readonly #positive: Int32Array;
  readonly #negative: Int32Array;
  /** The weight of each column, or -1; and whether the column is p. */
  readonly #weight: Int32Array;
  readonly #sizeColumns: readonly number[];

  constructor(free: FreeNetwork) {
    const stage = encodeStage(free, { stage: 0, kept: [] });
    const [[index, layer]] = stage.freeLayers;
    const { inputs } = denseAt(free.problem.network, index);
    this.stage = stage;
    this.#positive = new Int32Array(inputs).fill(-1);
    this.#negative = new Int32Array(inputs).fill(-1);
    this.#weight = new Int32Array(stage.model.columnCount).fill(-1);
    for (let input = 0; input < inputs; input++) {
      const { columns, values } = layer.weight(0, input);
      for (let k = 0; k < columns.length; k++) {
        (values[k] > 0 ? this.#positive : this.#negative)[input] = columns[k];
        this.#weight[columns[k]] = input;
      }
    }
    // The best bias follows from the weights: it needs no branching.
    this.model = {
      ...stage.model,
      integer: stage.model.integer.map((flag, column) => (this.#weight[column] >= 0 ? flag : 0)),
    };
    const columns: number[] = [];
    this.sizeOffset = layer.absoluteSum(columns, [], 1);
    this.#sizeColumns = columns;
  }

  /** Sum |w| at a point. */
  sizeOf(x: Float64Array): number {
    return this.#sizeColumns.reduce((sum, column) => sum + x[column], this.sizeOffset);
  }

  /** With a row for sum |w|, and its number: the last one. */
  withSizeRow(least: number, most: number): Model {
    const values = this.#sizeColumns.map(() => 1);
    const range = [least - this.sizeOffset, most - this.sizeOffset] as const;
    return withRow(this.model, this.#sizeColumns, values, range);
  }

  /**
   * The same networks by another objective: sum |w|, while the loss stays within a budget, which is the last row. Where
   * sum |w| is to be `size`, a network within the budget exists only if the minimum is at most `size`; and the minimum
   * is a whole number. The loss is dear beside one weight, so that the relaxation of the objective itself says little:
   * it takes fractions of weights that add up to `size`.
   */
  sizeModel(budget: number, sparsity: number): Model {
    const loss = this.model.cost.slice();
    const cost = new Float64Array(loss.length);
    for (const column of this.#sizeColumns) {
      loss[column] -= sparsity;
      cost[column] = 1;
    }
    const columns = [...loss.keys()].filter((j) => Math.abs(loss[j]) > 1e-12);
    const values = columns.map((j) => loss[j]);
    return withRow({ ...this.model, cost, offset: this.sizeOffset }, columns, values, [-Infinity, budget]);
  }

  /** Bounds of weights as bounds of columns. */
  changesOf({ weights, lower, upper }: OpenBox): Change[] {
    const changes: Change[] = [];
    weights.forEach((weight, k) => {
      const [positive, negative] = [this.#positive[weight], this.#negative[weight]];
      if (positive >= 0) changes.push([positive, Math.max(0, lower[k]), Math.max(0, upper[k])]);
      if (negative >= 0) changes.push([negative, Math.max(0, -upper[k]), Math.max(0, -lower[k])]);
    });
    return changes;
  }

  /** Bounds of columns as bounds of weights. */
  boxOf(changes: readonly Change[]): Pick<OpenBox, 'weights' | 'lower' | 'upper'> {
    const ranges = new Map<number, [number, number]>();
    for (const [column, lower, upper] of changes) {
      const weight = this.#weight[column];
      if (weight < 0) throw new Error(`column ${column} is no weight and cannot be in a box`);
      const range = ranges.get(weight) ?? this.#rangeOf(weight);
      const isPositive = this.#positive[weight] === column;
      const [least, most] = isPositive
        ? [lower > 0 ? lower : range[0], upper]
        : [0 - upper, lower > 0 ? -lower : range[1]];
      // p <= 0 leaves the negative weights, and n <= 0 the positive ones.
      ranges.set(weight, [Math.max(range[0], least), Math.min(range[1], most)]);
    }
    const weights = Int32Array.from(ranges.keys()).sort();
    return {
      weights,
      lower: Float64Array.from(weights, (weight) => ranges.get(weight)![0]),
      upper: Float64Array.from(weights, (weight) => ranges.get(weight)![1]),
    };
  }

  /** The bounds that the model gives a weight. */
  #rangeOf(weight: number): [number, number] {
    const { columnLower, columnUpper } = this.model;
    const [positive, negative] = [this.#positive[weight], this.#negative[weight]];
    const most = positive >= 0 ? columnUpper[positive] : -columnLower[negative];
    const least = negative >= 0 ? -columnUpper[negative] : columnLower[positive];
    return [least, most];
  }

  /** What a 1 in this column does to its weight; undefined if it belongs to none. */
  stepOf(column: number): Step | undefined {
    const weight = this.#weight[column];
    if (weight < 0) return undefined;
    return { weight, value: this.#positive[weight] === column ? 1 : -1 };
  }

  /** The other column of the same weight, which is 0 in a part where this one is positive; -1 if there is none. */
  partner(column: number): number {
    const weight = this.#weight[column];
    if (weight < 0) return -1;
    return this.#positive[weight] === column ? this.#negative[weight] : this.#positive[weight];
  }
}

/** A model with one more row at its end. */
function withRow(
  model: Model,
  columns: readonly number[],
  values: readonly number[],
  [lower, upper]: readonly [number, number],
): Model {
  const more = (numbers: Float64Array, added: readonly number[]): Float64Array => Float64Array.of(...numbers, ...added);
  const starts = new Int32Array(model.rowCount + 2);
  starts.set(model.starts);
  starts[model.rowCount + 1] = model.indices.length + columns.length;
  const indices = new Int32Array(starts[model.rowCount + 1]);
  indices.set(model.indices);
  indices.set(columns, model.indices.length);
  const all = new Float64Array(indices.length);
  all.set(model.values);
  all.set(values, model.values.length);
  return {
    ...model,
    rowCount: model.rowCount + 1,
    rowLower: more(model.rowLower, [lower]),
    rowUpper: more(model.rowUpper, [upper]),
    starts,
    indices,
    values: all,
  };
}
