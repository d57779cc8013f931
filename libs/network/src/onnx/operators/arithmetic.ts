// Tested by ../onnxruntime.int.test.ts.
import type { Layer } from '../../network.js';
import { followedBy, shortened } from '../layer-chain.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, addScale, scaleArray } from '../signal.js';
import type { Signal } from '../signal.js';
import { areSignals, sumOf } from './joining.js';
import { spread } from '../../layers/scale.js';
import { asConstant, asSignal, signalAndConstant } from '../value.js';
import type { Floored, Operator, Value } from '../value.js';
import { masked } from './comparisons.js';
import { fitted } from './fitted.js';
import type { Constant } from '../tensor.js';

const none = () => Float64Array.of(0);
const one = () => Float64Array.of(1);

export const add: Operator = (node, inputs) => {
  if (areSignals(inputs)) return sumOf(inputs, 1, node);
  const { signal, constant } = signalAndConstant(inputs, node);
  return addOffset(fitted(asSignal(signal, node), constant, node), constant, 1, node);
};

export const sub: Operator = (node, inputs) => {
  if (areSignals(inputs)) return sumOf(inputs, -1, node);
  const { signal: value, constant, signalFirst } = signalAndConstant(inputs, node);
  const signal = fitted(asSignal(value, node), constant, node);
  if (signalFirst) return addOffset(signal, constant, -1, node);
  return addScale(signal, { factor: Float64Array.of(-1), offset: scaleArray(signal, constant, node) }, node);
};

/** The sum of any number of signals and constants. */
export const sum: Operator = (node, inputs) =>
  inputs.length === 0
    ? node.refuse('an input is missing', 'onnx')
    : inputs.slice(1).reduce<Value | undefined>((before, value) => firstOf(add(node, [before, value])), inputs[0])!;

/** The sum of them, divided by their number. */
export const mean: Operator = (node, inputs) => {
  const total = asSignal(firstOf(sum(node, inputs)), node);
  return addScale(total, { factor: Float64Array.of(1 / inputs.length), offset: none() }, node);
};

const firstOf = (value: ReturnType<Operator>): Value | undefined => ('kind' in value ? value : value[0]);

export const mul: Operator = (node, inputs) => {
  const mask = masked(inputs, node);
  if (mask !== undefined) return mask;
  const { signal: value, constant } = signalAndConstant(inputs, node);
  if (value.kind === 'floored')
    return quantized(
      value,
      constant,
      (number) => number === 1 / value.levels || number === Math.fround(1 / value.levels),
      node,
    );
  const signal = fitted(asSignal(value, node), constant, node);
  return addScale(signal, { factor: scaleArray(signal, constant, node), offset: none() }, node, true);
};

/** x / c becomes x * (1/c), which may differ from it in the last bit of a float64. */
export const div: Operator = (node, inputs) => {
  const { signal: value, constant, signalFirst } = signalAndConstant(inputs, node);
  if (!signalFirst) return node.refuse('it divides a constant by the signal, which is not affine');
  if (constant.data.includes(0)) return node.refuse('it divides by zero', 'value');
  if (value.kind === 'floored') return quantized(value, constant, (number) => number === value.levels, node);
  const signal = fitted(asSignal(value, node), constant, node);
  return addScale(
    signal,
    { factor: scaleArray(signal, constant, node).map((number) => 1 / number), offset: none() },
    node,
    true,
  );
};

/** (x - mean) / sqrt(var + epsilon) * scale + B for each channel, as a scale layer. */
export const batchNormalization: Operator = (node, inputs) => {
  const epsilon = node.float('epsilon', 1e-5);
  if (node.int('training_mode', 0) !== 0) node.refuse('it is in training mode; export the model for inference');
  if (node.int('spatial', 1) !== 1) node.refuse("the attribute 'spatial' = 0 is not supported");
  node.ignore('momentum');
  const signal = asSignal(inputs[0], node);
  const [gain, shift, mean, variance] = ['scale', 'B', 'mean', 'var'].map((role, index) =>
    asConstant(inputs[index + 1], role, node),
  );
  const channels = signal.dims[1];
  for (const { dims } of [gain, shift, mean, variance]) {
    if (dims.length !== 1 || dims[0] !== channels)
      node.refuse(`a parameter has dimensions [${dims.join(', ')}], not [${channels}]`, 'onnx');
  }
  const factor = gain.data.map((number, channel) => number / Math.sqrt(variance.data[channel] + epsilon));
  const offset = shift.data.map((number, channel) => number - mean.data[channel] * factor[channel]);
  const dims = [channels, ...signal.dims.slice(2).map(() => 1)];
  const array = (data: Float64Array) => scaleArray(signal, { kind: 'constant', dims, data }, node);
  const offsetSize = shift.data.map(
    (number, channel) => Math.abs(number) + Math.abs(mean.data[channel] * factor[channel]),
  );
  return addScale(signal, { factor: array(factor), offset: array(offset), offsetSize: array(offsetSize) }, node);
};

/** (x - offset) * scale, each one number or one per input: scikit-learn's scalers (domain ai.onnx.ml). */
export const scaler: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const list = (name: string): Constant => {
    const numbers = node.floats(name) ?? node.refuse(`its ${name} is missing`, 'onnx');
    return { kind: 'constant', dims: [numbers.length], data: Float64Array.from(numbers) };
  };
  const shifted = addOffset({ ...signal, open: false }, list('offset'), -1, node);
  return addScale(shifted, { factor: scaleArray(shifted, list('scale'), node), offset: none() }, node);
};

export const floor: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const scale = signal.layers.last;
  const isRounding =
    scale?.kind === 'scale' &&
    scale.factor.length === 1 &&
    scale.offset.length === 1 &&
    scale.offset[0] === 0.5 &&
    Number.isInteger(scale.factor[0]) &&
    scale.factor[0] > 0;
  if (!isRounding) return node.refuse('only quantization (Mul levels, Add 0.5, Floor, Div levels) is supported');
  return { kind: 'floored', of: { ...signal, layers: shortened(signal.layers) }, levels: scale.factor[0] };
};

function quantized(value: Floored, constant: Constant, fits: (number: number) => boolean, node: NodeReader): Signal {
  if (constant.data.length !== 1 || !fits(constant.data[0])) {
    return node.refuse(`after Mul ${value.levels}, Add 0.5, Floor it must divide by ${value.levels} again`);
  }
  return addLayer(value.of, { kind: 'quantize', levels: value.levels }, node);
}

/** The addition goes into the layer before where that one still lacks it, else it is a scale layer of its own. */
function addOffset(signal: Signal, constant: Constant, sign: 1 | -1, node: NodeReader): Signal {
  const offset = scaleArray(signal, constant, node).map((number) => sign * number);
  const { last } = signal.layers;
  if (signal.open && last !== undefined) {
    const closed = withOffset(last, offset, signal.shape);
    if (closed !== undefined) return { ...signal, layers: followedBy(shortened(signal.layers), closed), open: false };
  }
  return addScale(signal, { factor: one(), offset }, node);
}

function withOffset(layer: Layer, offset: Float64Array, shape: readonly number[]): Layer | undefined {
  if (layer.kind === 'scale') return { ...layer, offset };
  if (layer.kind === 'dense') return { ...layer, bias: spread(offset, shape) };
  if (layer.kind === 'conv2d' && (offset.length === 1 || offset.length === layer.outputChannels)) {
    return { ...layer, bias: spread(offset, [layer.outputChannels]) };
  }
  return undefined;
}
