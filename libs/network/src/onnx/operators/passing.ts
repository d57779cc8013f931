// Tested by ../onnxruntime.int.test.ts.
import { dataType } from '../schema.js';
import { addScale } from '../signal.js';
import { asNumber, asSignal } from '../value.js';
import type { Operator } from '../value.js';
import { asNumbers } from './comparisons.js';

/** Its input, unchanged. */
export const identity: Operator = (node, inputs) => inputs[0] ?? node.refuse('its input is missing', 'onnx');

/** Nothing at inference. */
export const dropout: Operator = (node, inputs) => {
  node.ignore('ratio', 'seed');
  if (node.int('is_test', 1) === 0 || (inputs[2] !== undefined && asNumber(inputs[2], 'training_mode', node) !== 0)) {
    return node.refuse('it is in training mode; export the model for inference');
  }
  return identity(node, inputs);
};

export const constant: Operator = (node) => {
  const tensor = node.tensor('value');
  if (tensor !== undefined) return tensor;
  const numbers = node.floats('value_floats') ?? node.ints('value_ints');
  if (numbers !== undefined) return { kind: 'constant', dims: [numbers.length], data: Float64Array.from(numbers) };
  if (node.has('value_float'))
    return { kind: 'constant', dims: [], data: Float64Array.of(node.float('value_float', 0)) };
  if (node.has('value_int')) return { kind: 'constant', dims: [], data: Float64Array.of(node.int('value_int', 0)) };
  return node.refuse('only value, value_float(s) and value_int(s) are supported');
};

/**
 * To float32 or float64, which changes nothing here, but that a scale layer stands where a float64 is rounded to
 * float32; a comparison becomes 1 or 0. Constants also become integers.
 */
export const cast: Operator = (node, inputs) => {
  const to = node.int('to', 0);
  node.ignore('saturate');
  const [value] = inputs;
  const isFloat = to === dataType.float || to === dataType.double;
  if (value?.kind === 'constant' && (isFloat || to === dataType.int64 || to === dataType.int32)) {
    node.budget.take(value.data.length, node.label);
    const convert =
      to === dataType.float ? Math.fround : to === dataType.double ? (number: number) => number : Math.trunc;
    return { ...value, data: value.data.map((number) => convert(number)) };
  }
  if (!isFloat) return node.refuse(`a cast to the ONNX data type ${to} is not supported, only to float and double`);
  if (value?.kind === 'comparison') return asNumbers(value, node);
  const signal = asSignal(value, node);
  if (!signal.double || to === dataType.double) return signal;
  return { ...addScale(signal, { factor: Float64Array.of(1), offset: Float64Array.of(0) }, node), double: false };
};
