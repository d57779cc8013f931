/** `bad-input`: the person who typed the command can mend it (exit 2). `failed`: they cannot (exit 1). */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly code: 'bad-input' | 'failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
