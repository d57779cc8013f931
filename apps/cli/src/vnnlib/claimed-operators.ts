// Tested by ../e2e/conformance.e2e.test.ts.
import { operatorNames } from '@mipnet/network';

/**
 * Operators that are read in some forms only: a product of two signals is not piecewise linear, and booleans and whole
 * numbers are no signals here. A claim would be about every form, so these are not claimed.
 */
const readInPart = new Set([
  ...['Cast', 'ConstantOfShape', 'Div', 'Equal', 'Floor', 'Greater', 'GreaterOrEqual', 'IsNaN', 'Less', 'LessOrEqual'],
  ...['Mul', 'Not', 'Pow', 'Shape', 'Sigmoid', 'Softmax', 'Where'],
]);

/** What `supports --onnx-operators` reports; the conformance suite tests it. */
export const claimedOperators: readonly string[] = operatorNames.filter((name) => !readInPart.has(name)).toSorted();
