import { MipnetError, type Blame } from '@mipnet/errors';

export type RunErrorCode = 'bad-input' | 'failed';

const blames = { 'bad-input': 'input', failed: 'environment' } as const satisfies Record<RunErrorCode, Blame>;

/** `bad-input`: the user can repair it. `failed`: the user cannot. */
export class RunError extends MipnetError<RunErrorCode> {
  override readonly name: string = 'RunError';

  constructor(code: RunErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}

/** The run itself ended without a result; unlike a server that does not answer, which says nothing about the run. */
export class RunFailedError extends RunError {}

/** The data of one run from a server or a record are not as mipnet writes them; other runs are not affected. */
export class UnreadableRunError extends RunError {}
