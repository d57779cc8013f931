import { MipnetError } from '@mipnet/errors';

/** `bad-input`: the user can repair it (exit 2). `failed`: the user cannot (exit 1). */
export class CliError extends MipnetError<'bad-input' | 'failed'> {
  override readonly name = 'CliError';
  constructor(code: 'bad-input' | 'failed', message: string, options?: ErrorOptions) {
    super(code, code === 'bad-input' ? 'input' : 'environment', message, options);
  }
}
