import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '@mipnet/workflows';

const codeOf = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

/** Codes of the rooms' errors where a person must change the plan, the data or the settings. */
const badInputCodes: ReadonlySet<string> = new Set(['bad-input', 'plan', 'problem', 'shape', 'value', 'onnx', 'unsupported', 'bounds', 'refused']);

/**
 * Gives an error of the rooms below the type that the workflow's retry policy knows. What no person can mend by
 * changing the input (a crash) stays as it is and is tried again; so is a store that does not answer or is full, which is
 * nothing against the leaf.
 */
export function toActivityFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  const code = codeOf(error);
  if (!(error instanceof Error) || code === undefined) return error;
  const { name } = error;
  if (name === 'ObjectStoreError' && (code === 'unavailable' || code === 'unwritable')) {
    return ApplicationFailure.create({ message: error.message, type: failureTypes.store, cause: error, details: [code] });
  }
  const type = badInputCodes.has(code) ? failureTypes.badInput : code === 'infeasible' ? failureTypes.infeasible : undefined;
  if (type === undefined) return error;
  return ApplicationFailure.create({ message: error.message, type, nonRetryable: true, cause: error, details: [{ code }] });
}
