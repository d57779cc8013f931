import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * 'bad-input': an option or setting that the user must change. 'no-server': nothing answers at the Temporal address.
 */
export type WorkerErrorCode = 'bad-input' | 'no-server';

const blames = { 'bad-input': 'input', 'no-server': 'environment' } as const satisfies Record<WorkerErrorCode, Blame>;

export class WorkerError extends MipnetError<WorkerErrorCode> {
  override readonly name = 'WorkerError';
  constructor(code: WorkerErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
