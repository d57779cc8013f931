// Tested by ../onnxruntime.int.test.ts.
import { sizeOf } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, pick, settled, type Signal } from '../signal.js';
import { transposedIndex } from '../tensor.js';
import { asSignal, type Operator } from '../value.js';
import { integersOf, normalized } from './axes.js';
import { negated, overWindows } from './extremes.js';

/** A sum, an average, a largest or a least number along some axes: a window of the signal for each result. */
export const reduce: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const { dims } = signal;
  const rank = dims.length;
  const keepsDims = node.int('keepdims', 1) !== 0;
  const isNoop = node.int('noop_with_empty_axes', 0) !== 0;
  const given = integersOf(node, inputs, 'axes', 1) ?? [];
  if (given.length === 0 && isNoop) return signal;
  const axes = given.length === 0 ? dims.map((_, axis) => axis) : given.map((axis) => normalized(axis, rank, node));
  if (signal.dynamic && axes.includes(0)) node.refuse('it reduces the batch; fix the batch to 1, or name other axes');
  const kept = dims.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const reduced = dims.map((_, axis) => axis).filter((axis) => axes.includes(axis));
  const windows = {
    index: transposedIndex(dims, [...kept, ...reduced]),
    width: sizeOf(reduced.map((axis) => dims[axis])),
    dims: keepsDims ? dims.map((extent, axis) => (axes.includes(axis) ? 1 : extent)) : kept.map((axis) => dims[axis]),
  };
  node.budget.take(2 * windows.index.length, node.label);
  switch (node.opType) {
    case 'ReduceMean':
      return overWindows('averagePool2d', signal, windows, node);
    case 'ReduceMax':
      return overWindows('maxPool2d', signal, windows, node);
    case 'ReduceMin':
      return negated(overWindows('maxPool2d', negated(signal, node), windows, node), node);
    case 'ReduceL1':
      return sums(addLayer(signal, { kind: 'activation', activation: 'abs' }, node), windows, node);
    default:
      return sums(signal, windows, node);
  }
};

/** A filter of ones over windows that lie one after the other. */
function sums(
  signal: Signal,
  { index, width, dims }: { readonly index: Int32Array; readonly width: number; readonly dims: readonly number[] },
  node: NodeReader,
): Signal {
  const count = index.length / width;
  const picked = pick(signal, { index, dims: [1, 1, count, width], shape: [1, count, width] }, node);
  const added = addLayer(
    picked,
    {
      kind: 'conv2d',
      inputChannels: 1,
      outputChannels: 1,
      groups: 1,
      kernel: [1, width],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights: new Float64Array(width).fill(1),
      bias: new Float64Array(1),
    },
    node,
    dims,
  );
  return settled(added, node);
}
