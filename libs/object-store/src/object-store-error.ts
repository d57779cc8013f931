import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * The code follows from what a caller can do about the error:
 * - `missing`: no object under this key; make it again.
 * - `damaged`: the bytes are not the ones that were stored; storing the object again replaces it.
 * - `refused`: a bad key, URL, value, bucket or credential; a retry cannot help.
 * - `unwritable`: the place cannot take the bytes (full, read-only); free or choose another place.
 * - `unavailable`: the store did not answer; a later retry may help.
 */
export type ObjectStoreErrorCode = 'missing' | 'damaged' | 'refused' | 'unwritable' | 'unavailable';

const blames = {
  missing: 'environment',
  damaged: 'environment',
  refused: 'input',
  unwritable: 'input',
  unavailable: 'environment',
} as const satisfies Record<ObjectStoreErrorCode, Blame>;

/** The one error that stores throw. `message` says what is wrong, where, and what to do. */
export class ObjectStoreError extends MipnetError<ObjectStoreErrorCode> {
  override readonly name = 'ObjectStoreError';

  constructor(code: ObjectStoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(code, blames[code], message, options);
  }
}

/** The error of every store for a key without an object. */
export function missingObject(storeUrl: string, key: string, cause?: unknown): ObjectStoreError {
  return new ObjectStoreError('missing', `there is no object ${key} in ${storeUrl}`, { cause });
}
