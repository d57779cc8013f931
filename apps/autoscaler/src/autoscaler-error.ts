/**
 * 'demand': the Temporal server does not tell the demand. 'pool': workers cannot be listed, started or removed.
 * 'bad-input': an option a person must change.
 */
export type AutoscalerErrorCode = 'demand' | 'pool' | 'bad-input';

export class AutoscalerError extends Error {
  override readonly name = 'AutoscalerError';
  constructor(
    readonly code: AutoscalerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
