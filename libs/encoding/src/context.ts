import type { ModelBuilder } from '@mipnet/mip';
import type { Completion } from './completion.js';
import type { HullNeuron } from './hull-neuron.js';
import type { ReluFormulation } from './activations/relu-formulation.js';

/** What every formulation needs. */
export interface EncodingContext {
  readonly builder: ModelBuilder;
  readonly completion: Completion;
  /**
   * How far below zero a pre-activation must lie to count as negative: exact (the grid step, or half of it) if
   * pre-activations lie on a grid, otherwise an explicit option, which the replay must confirm. 0 lets a step at
   * exactly zero take either value, which keeps every valid point in the model.
   */
  readonly epsilon: number;
  /** The formulation of bends, each as a relu. @default 'big-m' */
  readonly formulation?: ReluFormulation;
  /** Collects `convex-hull` neurons for the cut rounds. */
  readonly hull?: HullNeuron[];
}
