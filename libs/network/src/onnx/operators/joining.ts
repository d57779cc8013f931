// Tested by ../onnxruntime.int.test.ts.
import { sizeOf } from '../../shape.js';
import { along, sideBySide, type IndexTensor } from '../index-tensor.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, addScale, join, pick, settled } from '../signal.js';
import type { Signal } from '../signal.js';
import type { Constant } from '../tensor.js';
import { asSignal } from '../value.js';
import type { Operator, Value } from '../value.js';
import { broadcastDims, normalized } from './axes.js';
import { expanded } from './moving.js';

/** Whether both inputs depend on the network's input. */
export const areSignals = (inputs: readonly (Value | undefined)[]): boolean =>
  inputs.length === 2 && inputs.every((value) => value !== undefined && value.kind !== 'constant');

/** The sum or the difference of two signals, of which one may be repeated along axes of extent one. */
export const sumOf = (inputs: readonly (Value | undefined)[], sign: 1 | -1, node: NodeReader): Signal => {
  const signals = inputs.map((value) => asSignal(value, node));
  const dims = broadcastDims(
    signals.map((signal) => signal.dims),
    node,
  );
  const [one, other] = signals.map((signal) => expanded(signal, dims, node));
  const negated =
    sign === 1 ? other : addScale(other, { factor: Float64Array.of(-1), offset: Float64Array.of(0) }, node);
  return join({ kind: 'add' }, alike([one, negated], node), dims, node);
};

/** Signals of equal dimensions with equal shapes, as a layer needs them that adds them. */
function alike(signals: readonly Signal[], node: NodeReader): readonly Signal[] {
  const [{ shape }] = signals;
  const isAlike = signals.every(
    (other) => other.shape.length === shape.length && other.shape.every((extent, axis) => extent === shape[axis]),
  );
  return isAlike ? signals : signals.map((signal) => flat(signal, node));
}

/** Signals and constants side by side along any axis. */
export const concat: Operator = (node, inputs) => {
  const parts = inputs.map((value) => (value?.kind === 'constant' ? value : asSignal(value, node)));
  const signals = parts.filter((part) => part.kind === 'signal');
  const [first] = signals;
  if (first === undefined) return node.refuse('it joins constants only; fold them first (constant folding)');
  const { dims } = first;
  const axis = normalized(node.int('axis', 1), dims.length, node);
  const isFit = (other: Signal | Constant): boolean =>
    other.dims.length === dims.length && other.dims.every((extent, k) => k === axis || extent === dims[k]);
  if (!parts.every(isFit))
    node.refuse(
      `it joins ${parts.map((part) => `[${part.dims.join(', ')}]`).join(' and ')} along axis ${axis}`,
      'onnx',
    );
  if (first.dynamic && axis === 0) node.refuse('it joins samples of the batch; fix the batch to 1');
  const extent = parts.reduce((sum, part) => sum + part.dims[axis], 0);
  const joinedDims = dims.with(axis, extent);
  if (parts.length === 1) return first;
  // Channels of images, or numbers of vectors: a layer of its own.
  if (signals.length === parts.length && axis === 1 && dims[0] === 1 && (dims.length === 4 || dims.length === 2)) {
    const shaped = signals.map((signal) => settled(signal, node));
    return join({ kind: 'concat' }, shaped, joinedDims, node);
  }
  let start = 0;
  const tensors = parts.map((part): IndexTensor => {
    if (part.kind === 'constant') return { dims: part.dims, data: new Int32Array(part.data.length).fill(-1) };
    const data = Int32Array.from({ length: sizeOf(part.dims) }, (_, at) => start + at);
    start += data.length;
    return { dims: part.dims, data };
  });
  const index = sideBySide(tensors, axis).data;
  const constants = constantsSideBySide(parts, joinedDims, axis, node);
  return pick(together(signals, node), { index, dims: joinedDims, constants }, node);
};

/** The constants among parts that are joined, zeros elsewhere; undefined without any. */
function constantsSideBySide(
  parts: readonly (Signal | Constant)[],
  dims: readonly number[],
  axis: number,
  node: NodeReader,
): Float64Array | undefined {
  if (parts.every(({ kind }) => kind === 'signal')) return undefined;
  node.budget.take(sizeOf(dims), node.label);
  const numbers = new Float64Array(sizeOf(dims));
  const all = { dims, data: Int32Array.from(numbers, (_, at) => at) };
  let start = 0;
  for (const part of parts) {
    const extent = part.dims[axis];
    const places = along(
      all,
      axis,
      Int32Array.from({ length: extent }, (_, at) => start + at),
    ).data;
    if (part.kind === 'constant') places.forEach((place, at) => (numbers[place] = part.data[at]));
    start += extent;
  }
  return numbers;
}

/** Signals as one vector: their numbers one after the other, each in the order in which ONNX sees them. */
export function together(signals: readonly Signal[], node: NodeReader): Signal {
  const parts = signals.map((signal) => flat(settled(signal, node), node));
  const size = parts.reduce((sum, part) => sum + sizeOf(part.dims), 0);
  return parts.length === 1 ? { ...parts[0], dims: [1, size] } : join({ kind: 'concat' }, parts, [1, size], node);
}

const flat = (signal: Signal, node: NodeReader): Signal =>
  signal.shape.length === 1 ? signal : addLayer(signal, { kind: 'flatten' }, node);
