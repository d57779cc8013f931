import type { ColumnRows } from '../column-rows.js';
import type { Family } from '../family.js';
import type { Neuron } from '../neuron.js';

/**
 * Which neuron of a part of a family agrees most with the weighted labels? For a sign neuron h in {-1, 1} the edge is
 * |sum_i gains_i h(i)|, for a step neuron in {0, 1} as well. Everything is whole, so that sums have no rounding errors.
 */
export interface PricingTask {
  readonly rows: Pick<ColumnRows, 'count' | 'inputs' | 'values'>;
  /**
   * Of each row in whole units, u_i y_i with two classes; sum |gains| < 2^52. Rows with 0 do not matter.
   */
  readonly gains: Float64Array;
  readonly family: Family;
  /** The neurons whose first input lies in [from, to). */
  readonly part: FamilyPart;
  /** Most neurons to return. */
  readonly most: number;
  /** An edge of at most this improves nothing, in the units of the gains. */
  readonly target: number;
  readonly effort: PricingEffort;
}

export interface FamilyPart {
  readonly from: number;
  readonly to: number;
}

/** In additions of one gain; the same result on every machine. */
export interface PricingEffort {
  readonly search: number;
  /** 0: no bound but the trivial one. */
  readonly proof: number;
}

export interface PricedNeuron {
  readonly neuron: Neuron;
  /** Never negative. If the gains balance, the neuron has it with a positive sign. */
  readonly edge: number;
}

export interface PricingResult {
  /** The best ones found, largest edge first, no two with the same rows; empty if none has a positive edge. */
  readonly neurons: readonly PricedNeuron[];
  /** No neuron of the part has a larger edge. */
  readonly bound: number;
  /** `trivial`: as if a neuron could fire on any set of rows; equal rows are on the same side. */
  readonly boundBy: 'enumeration' | 'branch and cut' | 'trivial';
  /** Additions, without the work of a solver. */
  readonly work: number;
}
