import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * 'demand': the Temporal server does not tell the demand. 'pool': workers cannot be listed, started or removed.
 * 'bad-input': an option a person must change.
 */
export type AutoscalerErrorCode = 'demand' | 'pool' | 'bad-input';

const blames = { demand: 'environment', pool: 'environment', 'bad-input': 'input' } as const satisfies Record<
  AutoscalerErrorCode,
  Blame
>;

export class AutoscalerError extends MipnetError<AutoscalerErrorCode> {
  override readonly name = 'AutoscalerError';
  constructor(code: AutoscalerErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
