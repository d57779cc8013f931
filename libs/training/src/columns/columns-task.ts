// Tested by ../splits/columns.unit.test.ts.
import type { ObjectRef } from '@mipnet/object-store';
import type { ClassNeuron } from './class-neuron.js';
import type { Family } from './family.js';
import type { MasterBasis } from './master-lp.js';
import type { FamilyPart, PricingEffort, PricingResult } from './pricing/pricing-task.js';

/** What a leaf of the split `columns` does instead of solving one MIP. */
export type ColumnsTask = MasterTask | PricingPartTask;

/** Solves the master LP over the neurons so far and some new ones. */
export interface MasterTask {
  readonly kind: 'master';
  readonly family: Family;
  /** c of a row of weight 1. */
  readonly cost: number;
  /** The incumbent of the rounds before; none in the first one, which also reads the rows. */
  readonly before?: ObjectRef;
  readonly added: readonly ClassNeuron[];
}

/** Looks for the neurons of one part of the family that improve the score of one class most. */
export interface PricingPartTask extends ClassPart {
  readonly kind: 'pricing';
  readonly family: Family;
  /** `ColumnData`. */
  readonly data: ObjectRef;
  /** `Prices`. */
  readonly prices: ObjectRef;
  readonly most: number;
  readonly effort: PricingEffort;
}

/** Duals of the rows in whole units; with them every sum is exact. */
export interface Prices {
  /** u_ic of each row i and each of its rival classes c. */
  readonly duals: Float64Array;
  /** What one unit is worth. */
  readonly unit: number;
}

/** Of a pricing leaf, in its incumbent. */
export interface Priced extends Omit<PricingResult, 'work'> {
  readonly class: number;
}

/** Where column generation stands after a master LP. */
export interface ColumnsState {
  /** `ColumnData`. */
  readonly data: ObjectRef;
  readonly neurons: readonly ClassNeuron[];
  readonly outputs: Float64Array;
  /** One per class with a score. */
  readonly biases: Float64Array;
  /** Master LPs in a row that gave a neuron the output 0. */
  readonly idle: Int32Array;
  /** s_y - s_c of each row and rival. */
  readonly margins: Float64Array;
  readonly basis: MasterBasis;
  /** `Prices`: the LP's own duals, which decide whether the network is optimal, and smoothed ones. */
  readonly own: ObjectRef;
  readonly smooth: ObjectRef;
  readonly next: NextRound;
}

/** Neurons of one part of the family for the score of one class. */
export interface ClassPart {
  readonly class: number;
  readonly part: FamilyPart;
}

/** What a proof has left open, and what is known of all other parts. */
export interface OpenProof {
  readonly parts: readonly ClassPart[];
  /** No neuron of the other parts has a larger edge, in units. */
  readonly closed: number;
  /** Whether that rests on the solver. */
  readonly bySolver: boolean;
}

/**
 * `search`: many neurons, and a bound if it is cheap. `proof`: no neuron improves, or one that does; of all parts or of
 * those that a proof before has left open. `outputs`: whole output weights for the neurons in use.
 */
export type NextRound =
  | { readonly kind: 'master'; readonly added: readonly ClassNeuron[] }
  | { readonly kind: 'search' | 'proof'; readonly prices: 'own' | 'smooth'; readonly open?: OpenProof }
  | { readonly kind: 'outputs' }
  | { readonly kind: 'end' };
