import type { WeightDomain } from '@mipnet/network';

/**
 * A family of hidden neurons: integer weights of which at most `weights` are not zero, and any threshold. With a neuron
 * it holds the opposite one (for ternary and integer(P) weights, -w with threshold 1 - t), which fires on exactly the
 * other rows.
 */
export interface Family {
  /** Most weights that are not zero. */
  readonly weights: number;
  /** Domain of one weight; `binary` weights are -1 or 1 on the inputs that a neuron reads. Never `real`. */
  readonly domain: Exclude<WeightDomain, 'real'>;
  /** `sign`: -1 or 1. `step`: 0 or 1. */
  readonly activation: 'sign' | 'step';
}
