import type { LinearExpression } from '@mipnet/mip';

/** A neuron y = max(0, w.x + b) over a box, for which hull inequalities can be separated. */
export interface HullNeuron {
  readonly y: number;
  readonly z: number;
  /** w.x + b over columns. */
  readonly expression: LinearExpression;
  /** The box of those columns. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of the computed number from the expression. */
  readonly error: number;
}
