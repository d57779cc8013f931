// Tested by ../e2e/onnx-files.e2e.test.ts.
import { CliError } from '../program/cli-error.js';

/**
 * A property is about the outputs as the file has them.
 * @param ending operators that were left out at the end of the model
 * @throws CliError 'bad-input' if there are some
 */
export function requireWholeModel(file: string, ending: readonly string[]): void {
  if (ending.length === 0) return;
  throw new CliError(
    'bad-input',
    `${file} ends in ${[...ending].reverse().join(', ')}, which is not piecewise linear, and a property is about what ` +
      'comes out of it: state the property about the scores and export the model without its end, or name the scores ' +
      'with --output',
  );
}
