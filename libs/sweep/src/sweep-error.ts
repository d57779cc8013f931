import { MipnetError } from '@mipnet/errors';

/** What the user asked for cannot be swept. */
export class SweepError extends MipnetError<'bad-input'> {
  override readonly name = 'SweepError';
  constructor(code: 'bad-input', message: string, options?: ErrorOptions) {
    super(code, 'input', message, options);
  }
}
