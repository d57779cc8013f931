import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * shape: sizes that do not fit together. bounds: a box that is infinite, not a number or contradictory. value: a weight
 * that is not finite. unsupported: a layer or activation without proven bounds. overflow: a sum that may leave the
 * range of float32. unsound: two proofs that cannot both be true, e.g. a feasible point outside a bound.
 */
export type BoundsErrorCode = 'shape' | 'bounds' | 'value' | 'unsupported' | 'overflow' | 'unsound';

const blames = {
  shape: 'input',
  bounds: 'input',
  value: 'input',
  unsupported: 'input',
  overflow: 'program',
  unsound: 'program',
} as const satisfies Record<BoundsErrorCode, Blame>;

/** Why no bounds can be proven for a network and a box. The message says what is wrong, where, and what to do. */
export class BoundsError extends MipnetError<BoundsErrorCode> {
  override readonly name = 'BoundsError';
  constructor(code: BoundsErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
