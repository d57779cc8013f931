import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * shape: sizes that do not fit together. unsupported: a layer without a formulation for what is unknown. bounds: a box
 * that is infinite, not a number or contradictory. unsound: two proofs that cannot both be true, e.g. a feasible point
 * outside a bound.
 */
export type EncodingErrorCode = 'shape' | 'unsupported' | 'bounds' | 'unsound';

const blames = {
  shape: 'input',
  unsupported: 'input',
  bounds: 'input',
  unsound: 'program',
} as const satisfies Record<EncodingErrorCode, Blame>;

export class EncodingError extends MipnetError<EncodingErrorCode> {
  override readonly name = 'EncodingError';
  constructor(code: EncodingErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
