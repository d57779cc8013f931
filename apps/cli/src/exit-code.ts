/** The command's exit codes, part of its contract. `incomplete`: usable, but stopped early or without parts that failed. */
export const exitCode = { done: 0, failed: 1, badInput: 2, incomplete: 3 } as const;

/**
 * By class of error, the codes that mean: what you gave (a plan, a file, a setting, a place) is wrong, and you can mend
 * it. Everything else is a failure of the run.
 */
const badInput: Readonly<Record<string, readonly string[]>> = {
  CliError: ['bad-input'],
  DatasetError: ['missing', 'damaged', 'bad-input', 'download'],
  EncodingError: ['shape', 'unsupported', 'bounds', 'value'],
  NetworkError: ['shape', 'value', 'onnx', 'unsupported'],
  // An object that is missing or damaged in mid-run is nobody's input.
  ObjectStoreError: ['refused', 'unwritable'],
  StackError: ['no-binary', 'environment', 'unreachable'],
  TrainingError: ['plan', 'problem'],
  VerificationError: ['syntax', 'truncated', 'variable', 'unbounded', 'unsupported', 'query'],
};

/** By name and not by `instanceof`: an error that comes out of a solver thread has lost its class. */
export function exitCodeOf(error: unknown): number {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const codes = typeof name === 'string' && Object.hasOwn(badInput, name) ? badInput[name] : [];
  return typeof code === 'string' && codes.includes(code) ? exitCode.badInput : exitCode.failed;
}
