// Tested by ../e2e/vnnlib.e2e.test.ts.
import type { VnnlibProperty, Witness } from '@mipnet/verification';

/** The number as the shortest decimal that reads back as the same float64; a float32 number stays what it is. */
const decimal = (value: number): string => {
  const text = String(Object.is(value, -0) ? 0 : value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/** Of the property's inputs and outputs, by the ONNX runtime; joined models give their inputs, too. */
const outputsOf = ({ rowsOn, inputs }: VnnlibProperty, { runtimeOutputs }: Witness): Float64Array =>
  rowsOn === 'outputs' ? runtimeOutputs : runtimeOutputs.subarray(inputs);

/** A witness as the VNN-LIB 2.0 standard prints it: each tensor in the order of the text, a number a line. */
export function assignment(property: VnnlibProperty, witness: Witness): string {
  const numbers = { X: [...witness.input], Y: [...outputsOf(property, witness)] };
  const lines: string[] = [];
  for (const { inputs, hidden, outputs } of property.networks ?? []) {
    for (const tensor of [...inputs, ...hidden, ...outputs]) {
      const size = tensor.shape.reduce((product, extent) => product * extent, 1);
      lines.push(`${tensor.name} ${tensor.type} [${tensor.shape.join(',')}]`);
      lines.push(...numbers[inputs.includes(tensor) ? 'X' : 'Y'].splice(0, size).map(decimal));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A witness as the competition reads it: a list of names and numbers, inputs and then outputs in their order. */
export function counterexample(property: VnnlibProperty, witness: Witness): string {
  const named = (letter: string, numbers: Float64Array): string[] =>
    Array.from(numbers, (value, at) => `(${letter}_${at} ${decimal(value)})`);
  return `(${[...named('X', witness.input), ...named('Y', outputsOf(property, witness))].join('\n')})\n`;
}
