/**
 * shape: sizes that do not fit together. unsupported: a layer without a formulation for what is unknown. bounds: a box
 * that is infinite, not a number or contradictory. value: a weight that is not finite. unsound: two proofs that cannot
 * both be true, e.g. a feasible point outside a bound. overflow: a sum that may leave the range of float32.
 */
export type EncodingErrorCode = 'shape' | 'unsupported' | 'bounds' | 'value' | 'unsound' | 'overflow';

export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  constructor(
    readonly code: EncodingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
