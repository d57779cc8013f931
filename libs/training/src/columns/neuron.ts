import type { ColumnRows } from './column-rows.js';

/** A hidden neuron: it fires on a row with the values v if sum over j of weights[j] * v[inputs[j]] >= threshold. */
export interface Neuron {
  /** Ascending. */
  readonly inputs: readonly number[];
  /** Not zero; one per input. */
  readonly weights: readonly number[];
  /** In steps of the grid, whole. */
  readonly threshold: number;
}

/** 1 for the rows that a neuron fires on, otherwise 0. */
export function firesOn(
  { inputs, weights, threshold }: Neuron,
  rows: Pick<ColumnRows, 'count' | 'inputs' | 'values'>,
): Uint8Array {
  const fires = new Uint8Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    let sum = 0;
    for (let j = 0; j < inputs.length; j++) sum += weights[j] * rows.values[row * rows.inputs + inputs[j]];
    if (sum >= threshold) fires[row] = 1;
  }
  return fires;
}
