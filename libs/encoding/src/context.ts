import type { ModelBuilder } from '@mipnet/mip';
import type { Completion } from './completion.js';
import type { HullNeuron } from './hull-neuron.js';
import type { ReluFormulation } from './activations/relu-formulation.js';

/** What every formulation needs. */
export interface EncodingContext {
  readonly builder: ModelBuilder;
  readonly completion: Completion;
  /**
   * How far below zero a pre-activation must lie to count as negative: exact (the grid step, or half of it) where
   * pre-activations lie on a grid, otherwise an explicit option that the replay must agree with. 0 lets a step at
   * exactly zero take either value, which keeps every real point in the model.
   */
  readonly epsilon: number;
  /** How bends are written down, each as a relu. @default 'big-m' */
  readonly formulation?: ReluFormulation;
  /** Where `convex-hull` neurons are noted for the cut rounds. */
  readonly hull?: HullNeuron[];
}
