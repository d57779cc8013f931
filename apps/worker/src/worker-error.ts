/** 'bad-input': an option or setting a person must change. 'no-server': nothing answers at the Temporal address. */
export type WorkerErrorCode = 'bad-input' | 'no-server';

export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  constructor(
    readonly code: WorkerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
