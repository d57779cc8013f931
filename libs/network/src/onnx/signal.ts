// Tested by onnxruntime.int.test.ts.
import type { Layer, Scale } from '../network.js';
import type { Shape } from '../shape.js';
import { outputShape } from '../shapes.js';
import { sizeOf } from '../shape.js';
import { followedBy, joinedBy, noLayers, shortened, type LayerChain } from './layer-chain.js';
import type { NodeReader } from './node-reader.js';
import { broadcastIndex, transposedIndex } from './tensor.js';
import type { Constant } from './tensor.js';

/**
 * What has become of the network's input at one place of the graph: the layers it went through, and how ONNX looks at
 * the result. `dims` counts the batch as one sample. Moving axes of extent one about changes `dims` alone; a real
 * transposition changes `order`, which the next dense layer or scale takes up into its weights.
 */
export interface Signal {
  readonly kind: 'signal';
  readonly inputShape: Shape;
  readonly layers: LayerChain;
  /** Shape of the last layer's output, without batch. */
  readonly shape: Shape;
  readonly dims: Shape;
  /** Axis 0 of `dims` is a batch of any size, so it must stay where it is. */
  readonly dynamic: boolean;
  /** Element i (row-major in `dims`) is element order[i] of the last layer's output; the identity if undefined. */
  readonly order?: Int32Array;
  /** The file computes it in float64. */
  readonly double?: boolean;
  /** The last layer still lacks its addition: a Mul waiting for its Add, or an affine map without bias. */
  readonly open?: boolean;
}

export function startSignal(dims: Shape, dynamic: boolean, double: boolean): Signal {
  const inputShape = shapeOf(dims, dynamic);
  return { kind: 'signal', inputShape, layers: noLayers, shape: inputShape, dims, dynamic, double };
}

/** The signal behind one more layer. `dims` is how ONNX sees its output; unchanged if undefined. */
export function addLayer(
  signal: Signal,
  layer: Layer,
  node: NodeReader,
  dims: Shape = signal.dims,
  open = false,
): Signal {
  const shape = outputShape(layer, signal.shape, signal.layers.length);
  node.budget.takeLayer(layer, { input: signal.shape, output: shape }, node.label);
  return { ...signal, layers: followedBy(signal.layers, layer), shape, dims, open };
}

/** One layer behind several signals. `dims` is how ONNX sees its output. */
export function join(layer: Layer, signals: readonly Signal[], dims: Shape, node: NodeReader): Signal {
  const isOneOrder = signals.every(
    ({ order }) => order === signals[0].order || (order && signals[0].order && isSame(order, signals[0].order)),
  );
  // What is transposed alike in all branches may stay so in their sum.
  const isKept = isOneOrder && (layer.kind === 'add' || signals[0].order === undefined);
  const [first, ...others] = isKept ? signals : signals.map((signal) => settled(signal, node));
  for (const other of others) {
    if (other.dynamic !== first.dynamic || (other.double ?? false) !== (first.double ?? false))
      node.refuse('its branches differ in their batch or their data type', 'onnx');
  }
  const shapes = others.map(({ shape }) => shape);
  const shape = outputShape(layer, first.shape, first.layers.length, shapes);
  const layers = joinedBy(
    [first, ...others].map((signal) => signal.layers),
    layer,
  );
  node.budget.takeLayer(layer, { input: first.shape, output: shape }, node.label);
  return { ...first, layers, shape, dims, open: false };
}

const isSame = (one: ArrayLike<number>, other: ArrayLike<number>): boolean =>
  one.length === other.length && Array.prototype.every.call(one, (extent, axis) => extent === other[axis]);

/** The same numbers under other dimensions. */
export function relabel(signal: Signal, dims: Shape, node: NodeReader): Signal {
  if (signal.dynamic && dims[0] !== 1)
    node.refuse(
      `it would mix the samples of a batch: [N, ${signal.dims.slice(1).join(', ')}] becomes [${dims.join(', ')}]`,
    );
  const { last } = signal.layers;
  const shape = shapeOf(dims, signal.dynamic);
  // The shape of a select layer is what is asked of it.
  if (last?.kind !== 'select' || signal.order !== undefined) return { ...signal, dims };
  return { ...signal, dims, shape, layers: followedBy(shortened(signal.layers), { ...last, shape }) };
}

/**
 * The shape without the batch: a first extent of one, if others follow, is a batch of one sample. One number has an
 * extent, too.
 */
function shapeOf(dims: Shape, dynamic: boolean): Shape {
  const shape = dynamic || (dims.length > 1 && dims[0] === 1) ? dims.slice(1) : dims;
  return shape.length === 0 ? [1] : shape;
}

/** Numbers of a signal by position, as a node picks them. */
export interface Picked {
  /** For each number of the result its position in the signal as ONNX sees it; -1: a constant. */
  readonly index: Int32Array;
  /** Of the result. */
  readonly dims: Shape;
  /** One for each number of the result, read where its position is -1. @default zeros */
  readonly constants?: Float64Array;
  /** Of the layer that picks; how ONNX sees it, without the batch, if undefined. */
  readonly shape?: Shape;
}

/** A select layer. */
export function pick(signal: Signal, { index, dims, constants, shape }: Picked, node: NodeReader): Signal {
  if (signal.dynamic && dims[0] !== 1)
    node.refuse(`it would change the batch: [N, ${signal.dims.slice(1).join(', ')}] becomes [${dims.join(', ')}]`);
  if (index.length === 0) node.refuse('nothing is left of the signal');
  node.budget.take(index.length, node.label);
  const { order } = signal;
  const positions = order === undefined ? index : index.map((position) => (position < 0 ? -1 : order[position]));
  const layer: Layer = {
    kind: 'select',
    positions,
    shape: shape ?? shapeOf(dims, signal.dynamic),
    ...(constants && { constants }),
  };
  return addLayer({ ...signal, order: undefined }, layer, node, dims);
}

/** The signal with its numbers in the order in which ONNX sees them, and in that shape. */
export function settled(signal: Signal, node: NodeReader, shape = shapeOf(signal.dims, signal.dynamic)): Signal {
  if (signal.order === undefined && isSame(shape, signal.shape)) return signal;
  const index = Int32Array.from({ length: sizeOf(signal.dims) }, (_, position) => position);
  return pick(signal, { index, dims: signal.dims, shape }, node);
}

export function transpose(signal: Signal, permutation: readonly number[], node: NodeReader): Signal {
  const dims = permutation.map((axis) => signal.dims[axis]);
  if (signal.dynamic && permutation[0] !== 0) node.refuse('it moves the batch from the first axis');
  const moving = permutation.filter((axis) => signal.dims[axis] !== 1);
  if (moving.every((axis, index) => index === 0 || moving[index - 1] < axis)) return { ...signal, dims };
  node.budget.take(sizeOf(dims), node.label);
  const before = transposedIndex(signal.dims, permutation);
  const { order } = signal;
  const now = order === undefined ? before : before.map((index) => order[index]);
  return { ...signal, dims, order: now.every((position, at) => position === at) ? undefined : now };
}

/** W x + b, as a node of a file says it. */
interface DenseOperator {
  /** outputs x inputs, in the order in which ONNX sees the elements. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** Of the result. */
  readonly dims: Shape;
  /** Whether a node behind it may add to the bias. @default false */
  readonly open?: boolean;
}

export function addDense(
  signal: Signal,
  { weights, bias, dims, open = false }: DenseOperator,
  node: NodeReader,
): Signal {
  const inputs = sizeOf(signal.dims);
  const { order } = signal;
  const flat = signal.shape.length === 1 ? signal : addLayer(signal, { kind: 'flatten' }, node);
  if (order !== undefined) node.budget.take(weights.length, node.label);
  const stored = order === undefined ? weights : new Float64Array(weights.length);
  if (order !== undefined) {
    for (let at = 0; at < weights.length; at++) stored[at - (at % inputs) + order[at % inputs]] = weights[at];
  }
  return addLayer(
    { ...flat, order: undefined },
    { kind: 'dense', inputs, outputs: bias.length, weights: stored, bias },
    node,
    dims,
    open,
  );
}

/**
 * The signal as channels x rows x columns, for convolutions and pools; a row of numbers per channel is an image of one
 * row.
 */
export function asImage(signal: Signal, node: NodeReader): Signal {
  const { dims } = signal;
  if ((dims.length !== 4 && dims.length !== 3) || dims[0] !== 1) {
    node.refuse(
      `it works on [${dims.join(', ')}]; only batches of channels x rows x columns, or of channels x columns, are ` +
        'supported, with a batch of 1 or of any size',
    );
  }
  const image = dims.length === 4 ? dims.slice(1) : [dims[1], 1, dims[2]];
  return settled(signal, node, image);
}

/** A constant that is added to or multiplied with the signal, as the array of a `Scale`. */
export function scaleArray(signal: Signal, constant: Constant, node: NodeReader): Float64Array {
  const { dims, shape, order } = signal;
  const from = [...dims.slice(constant.dims.length).map(() => 1), ...constant.dims];
  if (from.length > dims.length || from.some((extent, axis) => extent !== 1 && extent !== dims[axis])) {
    node.refuse(
      `a constant of [${constant.dims.join(', ')}] does not fit a signal of [${dims.join(', ')}] element by element`,
    );
  }
  if (constant.data.length === 1) return constant.data.slice();
  node.budget.take(constant.data.length, node.label);
  // One number per channel: along an axis that is the first one of the shape.
  const channelAxis = from.findIndex((extent) => extent !== 1);
  const isPerChannel =
    order === undefined &&
    constant.data.length === shape[0] &&
    sizeOf(dims.slice(0, channelAxis + 1)) === shape[0] &&
    dims[channelAxis] === shape[0];
  if (isPerChannel) return constant.data.slice();
  node.budget.take(2 * sizeOf(dims), node.label);
  const spreadOut = broadcastIndex(from, dims);
  const numbers = new Float64Array(spreadOut.length);
  for (let at = 0; at < numbers.length; at++)
    numbers[order === undefined ? at : order[at]] = constant.data[spreadOut[at]];
  return numbers;
}

export function addScale(signal: Signal, scale: Omit<Scale, 'kind'>, node: NodeReader, open = false): Signal {
  return addLayer(signal, { kind: 'scale', ...scale }, node, signal.dims, open);
}

/** The finished network's output in the order in which ONNX puts it out. */
export const inOrder = (signal: Signal, node: NodeReader): Signal =>
  signal.order === undefined ? signal : settled(signal, node);
