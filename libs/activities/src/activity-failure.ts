import { blameOf } from '@mipnet/errors';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '@mipnet/workflows';

const codeOf = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

/**
 * Gives an error the type that the workflow knows. An error of the object store (no answer, full, an object missing or
 * damaged, no rights) is not the fault of the work: the workflow tries it on another worker, and then fails the run
 * with this message. A crash is passed on unchanged, and Temporal tries the activity again.
 * @param worker named in the message of a store's error
 */
export function toActivityFailure(error: unknown, worker: string): unknown {
  if (error instanceof ApplicationFailure) return error;
  const code = codeOf(error);
  if (!(error instanceof Error) || code === undefined) return error;
  const { name, message } = error;
  if (name === 'ObjectStoreError') {
    return ApplicationFailure.create({
      message: `${message} (worker ${worker})`,
      type: failureTypes.store,
      nonRetryable: true,
      cause: error,
      details: [code],
    });
  }
  if (blameOf(error) !== 'input') return error;
  const type = failureTypes.badInput;
  return ApplicationFailure.create({ message, type, nonRetryable: true, cause: error, details: [{ code }] });
}
