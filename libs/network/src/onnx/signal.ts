// Tested by onnxruntime.int.test.ts.
import { spread } from '../layers/scale.js';
import type { Layer, Scale } from '../network.js';
import type { Shape } from '../shape.js';
import { outputShape } from '../shapes.js';
import { sizeOf } from '../shape.js';
import { followedBy, joinedBy, layersOf, noLayers, type LayerChain } from './layer-chain.js';
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
  const inputShape = dynamic || (dims.length > 1 && dims[0] === 1) ? dims.slice(1) : dims;
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
  const [first, ...others] = signals;
  for (const other of others) {
    if (!isSame(other.inputShape, first.inputShape))
      node.refuse(
        `its branches take the input as [${first.inputShape.join(', ')}] and as [${other.inputShape.join(', ')}]`,
      );
    if (other.dynamic !== first.dynamic || (other.double ?? false) !== (first.double ?? false))
      node.refuse('its branches differ in their batch or their data type', 'onnx');
  }
  if (signals.some(({ order }) => order !== undefined))
    node.refuse('it joins branches of which one is transposed; only channels first is supported');
  const shapes = others.map(({ shape }) => shape);
  const shape = outputShape(layer, first.shape, first.layers.length, shapes);
  const layers = joinedBy(
    signals.map((signal) => signal.layers),
    layer,
  );
  node.budget.takeLayer(layer, { input: first.shape, output: shape }, node.label);
  return { ...first, layers, shape, dims, open: false };
}

const isSame = (one: Shape, other: Shape): boolean =>
  one.length === other.length && one.every((extent, axis) => extent === other[axis]);

/** The same numbers under other dimensions. */
export function relabel(signal: Signal, dims: Shape, node: NodeReader): Signal {
  if (signal.dynamic && dims[0] !== 1)
    node.refuse(
      `it would mix the samples of a batch: [N, ${signal.dims.slice(1).join(', ')}] becomes [${dims.join(', ')}]`,
    );
  return { ...signal, dims };
}

export function transpose(signal: Signal, permutation: readonly number[], node: NodeReader): Signal {
  const dims = permutation.map((axis) => signal.dims[axis]);
  if (signal.dynamic && permutation[0] !== 0) node.refuse('it moves the batch from the first axis');
  const moving = permutation.filter((axis) => signal.dims[axis] !== 1);
  if (moving.every((axis, index) => index === 0 || moving[index - 1] < axis)) return { ...signal, dims };
  node.budget.take(sizeOf(dims), node.label);
  const before = transposedIndex(signal.dims, permutation);
  const { order } = signal;
  return { ...signal, dims, order: order === undefined ? before : before.map((index) => order[index]) };
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

/** The signal as channels x rows x columns, for convolutions and pools. */
export function asImage(signal: Signal, node: NodeReader): Signal {
  const { dims, shape } = signal;
  if (dims.length !== 4 || dims[0] !== 1) {
    node.refuse(
      `it works on [${dims.join(', ')}]; only batches of channels x rows x columns are supported, with a ` +
        'batch of 1 or of any size',
    );
  }
  if (signal.order !== undefined)
    node.refuse('its input is transposed (rows x columns x channels?); only channels first is supported');
  const image = dims.slice(1);
  if (image.length === shape.length && image.every((extent, axis) => extent === shape[axis])) return signal;
  // A flat input that is reshaped to an image first: the network takes the image.
  const layers = layersOf(signal.layers).map((layer): Layer => {
    if (layer.kind === 'activation' || layer.kind === 'quantize') return layer;
    if (layer.kind === 'scale') {
      const { offsetSize } = layer;
      return {
        ...layer,
        factor: written(layer.factor),
        offset: written(layer.offset),
        ...(offsetSize && { offsetSize: written(offsetSize) }),
      };
    }
    return node.refuse(
      `it takes [${shape.join(', ')}], the output of a ${layer.kind} layer, as an image of [${image.join(', ')}]`,
    );
  });
  return { ...signal, inputShape: image, shape: image, layers: layers.reduce(followedBy, noLayers) };

  function written(numbers: Float64Array): Float64Array {
    if (numbers.length === 1) return numbers;
    node.budget.take(sizeOf(shape), node.label);
    return spread(numbers, shape);
  }
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
  const channelAxis = dims.length - shape.length;
  const seenAsStored =
    order === undefined && channelAxis >= 0 && shape.every((extent, axis) => extent === dims[channelAxis + axis]);
  if (seenAsStored && from.every((extent, axis) => extent === 1 || axis === channelAxis)) return constant.data.slice();
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

/** The finished chain in the order in which ONNX puts its output out. */
export function inOrder(signal: Signal, node: NodeReader): Signal {
  if (signal.order === undefined) return signal;
  const size = sizeOf(signal.dims);
  node.budget.take(size * size, 'the transposed output');
  const identity = new Float64Array(size * size);
  for (let unit = 0; unit < size; unit++) identity[unit * size + unit] = 1;
  return addDense(signal, { weights: identity, bias: new Float64Array(size), dims: signal.dims }, node);
}
