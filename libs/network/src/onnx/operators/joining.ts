// Tested by ../onnxruntime.int.test.ts.
import type { NodeReader } from '../node-reader.js';
import { addLayer, addScale, asImage, join } from '../signal.js';
import type { Signal } from '../signal.js';
import { asSignal } from '../value.js';
import type { Operator, Value } from '../value.js';

/** Whether both inputs depend on the network's input. */
export const areSignals = (inputs: readonly (Value | undefined)[]): boolean =>
  inputs.length === 2 && inputs.every((value) => value !== undefined && value.kind !== 'constant');

/** The sum or the difference of two signals of the same dimensions. */
export const sumOf = (inputs: readonly (Value | undefined)[], sign: 1 | -1, node: NodeReader): Signal => {
  const [one, other] = inputs.map((value) => asSignal(value, node));
  if (one.dims.length !== other.dims.length || one.dims.some((extent, axis) => extent !== other.dims[axis]))
    node.refuse(
      `it joins signals of [${one.dims.join(', ')}] and [${other.dims.join(', ')}]; only equal dimensions ` +
        'are supported',
    );
  const negated =
    sign === 1 ? other : addScale(other, { factor: Float64Array.of(-1), offset: Float64Array.of(0) }, node);
  const isAlike =
    one.shape.length === other.shape.length && one.shape.every((extent, axis) => extent === other.shape[axis]);
  const parts = isAlike ? [one, negated] : [flat(one, node), flat(negated, node)];
  return join({ kind: 'add' }, parts, one.dims, node);
};

/** Signals side by side: along the channels of images, or the numbers of vectors. */
export const concat: Operator = (node, inputs) => {
  const signals = inputs.map((value) => asSignal(value, node));
  const { dims } = signals[0] ?? node.refuse('an input is missing', 'onnx');
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + dims.length : given;
  const isFit = (other: Signal): boolean =>
    other.dims.length === dims.length && other.dims.every((extent, k) => k === axis || extent === dims[k]);
  if (!signals.every(isFit))
    node.refuse(`it joins ${signals.map((signal) => `[${signal.dims.join(', ')}]`).join(' and ')} along axis ${axis}`);
  if (axis !== 1 || dims[0] !== 1 || (dims.length !== 2 && dims.length !== 4))
    node.refuse(
      `it joins [${dims.join(', ')}] along axis ${axis}; only channels (axis 1 of 4) and numbers (axis 1 ` +
        'of 2) are supported',
    );
  const parts = signals.map((signal) => (dims.length === 4 ? asImage(signal, node) : flat(signal, node)));
  const extent = signals.reduce((sum, signal) => sum + signal.dims[1], 0);
  return parts.length === 1 ? parts[0] : join({ kind: 'concat' }, parts, dims.with(1, extent), node);
};

const flat = (signal: Signal, node: NodeReader): Signal =>
  signal.shape.length === 1 ? signal : addLayer(signal, { kind: 'flatten' }, node);
