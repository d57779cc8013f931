import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * - `missing`: a file or folder does not exist.
 * - `damaged`: it exists, but its content is wrong. - `bad-input`:
 * the user requested something that the data cannot give.
 * - `download`: no mirror delivered a file.
 */
export type DatasetErrorCode = 'missing' | 'damaged' | 'bad-input' | 'download';

const blames = {
  missing: 'input',
  damaged: 'input',
  'bad-input': 'input',
  download: 'input',
} as const satisfies Record<DatasetErrorCode, Blame>;

/** A fault of a data set or of a request for its rows: the message says where it is and what to do. */
export class DatasetError extends MipnetError<DatasetErrorCode> {
  override readonly name = 'DatasetError';

  constructor(code: DatasetErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}

/** The message of anything thrown, with the reason a network error keeps in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `fetch failed` says nothing; its cause does.
  if (error.message === 'fetch failed' && error.cause !== undefined) return reasonOf(error.cause);
  if (error.cause instanceof Error) return `${error.message}: ${reasonOf(error.cause)}`;
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
