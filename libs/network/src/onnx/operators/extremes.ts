// Tested by ../onnxruntime.int.test.ts.
import { sizeOf, type Shape } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, addScale, pick, settled, type Signal } from '../signal.js';
import { broadcastIndex, type Constant } from '../tensor.js';
import { asSignal, type Operator, type Value } from '../value.js';
import { broadcastDims } from './axes.js';
import { together } from './joining.js';

/** Numbers of one signal in windows of equal width; each window gives one number. */
interface Windows {
  /** Positions, one window after the other; -1: a constant. */
  readonly index: Int32Array;
  readonly constants?: Float64Array;
  readonly width: number;
  /** Of the result. */
  readonly dims: Shape;
}

/** The maximum or the average of every window: one number per window, exactly as a pool computes it. */
export function overWindows(
  kind: 'maxPool2d' | 'averagePool2d',
  signal: Signal,
  { index, constants, width, dims }: Windows,
  node: NodeReader,
): Signal {
  const count = index.length / width;
  const picked = pick(signal, { index, constants, dims: [1, count, 1, width], shape: [count, 1, width] }, node);
  const pooled = addLayer(
    picked,
    { kind, kernel: [1, width], strides: [1, 1], pads: [0, 0, 0, 0], countIncludePad: false },
    node,
    dims,
  );
  return settled(pooled, node);
}

/** The largest of several: of one signal and numbers a bound from below, otherwise the maximum of a window. */
export const max: Operator = (node, inputs) => extreme(inputs, 1, node);

/** The least of several: minus the largest of their opposites. */
export const min: Operator = (node, inputs) => extreme(inputs, -1, node);

function extreme(inputs: readonly (Value | undefined)[], sign: 1 | -1, node: NodeReader): Signal {
  const parts = inputs.map((value) => (value?.kind === 'constant' ? value : asSignal(value, node)));
  const signals = parts.filter((part) => part.kind === 'signal');
  const constants = parts.filter((part) => part.kind === 'constant');
  const dims = broadcastDims(
    parts.map((part) => part.dims),
    node,
  );
  const [first] = signals;
  if (first === undefined) return node.refuse('it combines constants only; fold them first (constant folding)');
  const isSame = first.dims.length === dims.length && dims.every((extent, axis) => extent === first.dims[axis]);
  const bound = constants.length === 1 ? onlyNumber(constants[0]) : undefined;
  if (signals.length === 1 && constants.length === 0) return first;
  if (signals.length === 1 && bound !== undefined && isSame) return bounded(first, bound, sign, node);
  const turned = sign === 1 ? signals : signals.map((signal) => negated(signal, node));
  const largest = largestOf(turned, constants, { dims, sign }, node);
  return sign === 1 ? largest : negated(largest, node);
}

const onlyNumber = ({ data }: Constant): number | undefined =>
  data.length > 0 && data.every((number) => number === data[0]) ? data[0] : undefined;

function bounded(signal: Signal, bound: number, sign: 1 | -1, node: NodeReader): Signal {
  if (!Number.isFinite(bound)) return node.refuse(`it compares with ${bound}; leave the node out`);
  if (sign === 1 && bound === 0) return addLayer(signal, { kind: 'activation', activation: 'relu' }, node);
  const [low, high] = sign === 1 ? [bound, Infinity] : [-Infinity, bound];
  return addLayer(signal, { kind: 'activation', activation: 'clip', low, high }, node);
}

export const negated = (signal: Signal, node: NodeReader): Signal =>
  addScale(signal, { factor: Float64Array.of(-1), offset: Float64Array.of(0) }, node);

function largestOf(
  signals: readonly Signal[],
  constants: readonly Constant[],
  { dims, sign }: { readonly dims: Shape; readonly sign: 1 | -1 },
  node: NodeReader,
): Signal {
  const width = signals.length + constants.length;
  const outputs = sizeOf(dims);
  node.budget.take(2 * width * outputs, node.label);
  const index = new Int32Array(outputs * width).fill(-1);
  const numbers = new Float64Array(outputs * width);
  const from = (own: Shape): Int32Array => broadcastIndex([...dims.slice(own.length).map(() => 1), ...own], dims);
  let start = 0;
  signals.forEach((signal, part) => {
    from(signal.dims).forEach((position, at) => (index[at * width + part] = start + position));
    start += sizeOf(signal.dims);
  });
  constants.forEach((constant, at) => {
    const part = signals.length + at;
    from(constant.dims).forEach((position, out) => (numbers[out * width + part] = sign * constant.data[position]));
  });
  const windows = { index, width, dims, ...(constants.length > 0 && { constants: numbers }) };
  return overWindows('maxPool2d', together(signals, node), windows, node);
}
