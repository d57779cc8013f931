import type { Neuron } from './neuron.js';

/** A column of the master LP: a neuron whose output adds to the score of one class. */
export interface ClassNeuron extends Neuron {
  readonly class: number;
}

/**
 * The classes whose score neurons add to: all, but of two only the second one. Its score is the network's one output,
 * and that of the first class is 0.
 */
export const scoredClasses = (classes: number): readonly number[] =>
  classes === 2 ? [1] : Array.from({ length: classes }, (_, of) => of);
