import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * 'demand': the demand cannot be read from the Temporal server. 'pool': workers cannot be listed, started or removed.
 * 'bad-input': an option that the user must change.
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
