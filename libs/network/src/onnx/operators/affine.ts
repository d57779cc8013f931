// Tested by ../onnxruntime.int.test.ts.
import type { Shape } from '../../shape.js';
import { sizeOf } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { addDense, addLayer, addScale, pick } from '../signal.js';
import type { Signal } from '../signal.js';
import { broadcastIndex, transposedIndex } from '../tensor.js';
import type { Constant } from '../tensor.js';
import { asConstant, asSignal, signalAndConstant } from '../value.js';
import type { Operator } from '../value.js';

/** Y = alpha A' B' + beta C, one of A and B the signal. */
export const gemm: Operator = (node, inputs) => {
  const alpha = node.float('alpha', 1);
  const beta = node.float('beta', 1);
  const { signal: value, constant, signalFirst } = signalAndConstant(inputs, node);
  const signal = asSignal(value, node);
  const signalTransposed = node.int(signalFirst ? 'transA' : 'transB', 0) !== 0;
  const constantTransposed = node.int(signalFirst ? 'transB' : 'transA', 0) !== 0;
  if (signal.dims.length !== 2 || constant.dims.length !== 2)
    node.refuse(
      `it multiplies [${signal.dims.join(', ')}] and [${constant.dims.join(', ')}]; both must be matrices`,
      'onnx',
    );
  if (signal.dynamic && (signalTransposed || !signalFirst))
    node.refuse('it multiplies across the batch; fix the batch to 1, or put the signal first and do not transpose it');

  const [rows, columns] = signalTransposed ? [signal.dims[1], signal.dims[0]] : signal.dims;
  requireVector(signal, signalFirst ? columns : rows, node);
  // Outputs index the columns of B or the rows of A.
  const byOutput = signalFirst === constantTransposed;
  const weights = outputsByInputs(constant, byOutput, sizeOf(signal.dims), node);
  const outputs = weights.length / sizeOf(signal.dims);
  const dims = signalFirst ? [1, outputs] : [outputs, 1];
  const bias =
    inputs[2] === undefined
      ? new Float64Array(outputs)
      : broadcast(asConstant(inputs[2], 'C', node), dims, node).map((number) => beta * number);
  const open = inputs[2] === undefined;
  if (alpha === 1) return addDense(signal, { weights, bias, dims, open }, node);
  // The runtime multiplies the sums, which may leave the range of float32 before.
  const sums = addDense(signal, { weights, bias: new Float64Array(outputs), dims, open: true }, node);
  return addScale(sums, { factor: new Float64Array(outputs).fill(alpha), offset: bias }, node, open);
};

/** A x + b with A and b as attributes: scikit-learn's linear regressions (domain ai.onnx.ml). */
export const linearRegressor: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const targets = node.int('targets', 1);
  const weights = Float64Array.from(node.floats('coefficients') ?? []);
  const bias = Float64Array.from(node.floats('intercepts') ?? new Array<number>(targets).fill(0));
  if (node.text('post_transform', 'NONE') !== 'NONE') node.refuse('only post_transform NONE is supported');
  if (bias.length !== targets || weights.length !== targets * sizeOf(signal.dims))
    node.refuse(`${weights.length} coefficients and ${bias.length} intercepts do not fit ${targets} targets`, 'onnx');
  return addDense(signal, { weights, bias, dims: [1, targets] }, node);
};

/** Signal times matrix, or matrix times signal; the signal must be one vector. */
export const matMul: Operator = (node, inputs) => {
  const { signal: value, constant, signalFirst } = signalAndConstant(inputs, node);
  const signal = asSignal(value, node);
  const { dims } = signal;
  const isRow = signalFirst || dims.length === 1;
  const axis = isRow ? dims.length - 1 : dims.length - 2;
  if (signal.dynamic && axis === 0)
    node.refuse('it multiplies across the batch; fix the batch to 1, or put the signal first');
  if (isRow && constant.dims.length === 2 && dims[0] === 1 && sizeOf(dims) > dims[axis])
    return rowsByMatrix(signal, constant, node);
  requireVector(signal, dims[axis], node);
  if (constant.dims.length > 2 || constant.dims.length === 0)
    node.refuse(
      `it multiplies by a constant of [${constant.dims.join(', ')}]; only matrices and vectors are supported`,
    );
  const isMatrix = constant.dims.length === 2;
  const weights = outputsByInputs(
    isMatrix ? constant : { ...constant, dims: [constant.dims[0], 1] },
    !signalFirst && isMatrix,
    dims[axis],
    node,
  );
  const outputs = weights.length / dims[axis];
  const result = isMatrix ? dims.with(axis, outputs) : dims.filter((_, index) => index !== axis);
  return addDense(signal, { weights, bias: new Float64Array(outputs), dims: result, open: true }, node);
};

/** Several rows times the matrix: a convolution over an image of one column per row, whose channels are its numbers. */
function rowsByMatrix(signal: Signal, constant: Constant, node: NodeReader): Signal {
  const { dims } = signal;
  const width = dims[dims.length - 1];
  const rows = sizeOf(dims) / width;
  const weights = outputsByInputs(constant, false, width, node);
  const outputs = weights.length / width;
  const image = pick(
    signal,
    { index: transposedIndex([rows, width], [1, 0]), dims: [1, width, 1, rows], shape: [width, 1, rows] },
    node,
  );
  const result = addLayer(
    image,
    {
      kind: 'conv2d',
      inputChannels: width,
      outputChannels: outputs,
      groups: 1,
      kernel: [1, 1],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights,
      bias: new Float64Array(outputs),
    },
    node,
    [1, outputs, 1, rows],
  );
  return pick(
    result,
    { index: transposedIndex([outputs, rows], [1, 0]), dims: dims.with(dims.length - 1, outputs) },
    node,
  );
}

function requireVector(signal: Signal, extent: number, node: NodeReader): void {
  if (extent !== sizeOf(signal.dims)) {
    node.refuse(
      `it multiplies a signal of [${signal.dims.join(', ')}] over ${extent} of its numbers; the others ` +
        'must be a batch of 1 or of any size',
    );
  }
}

/** The constant as outputs x inputs, from inputs x outputs unless it already is. */
function outputsByInputs(constant: Constant, alreadySo: boolean, inputs: number, node: NodeReader): Float64Array {
  const { dims, data } = constant;
  if (dims[alreadySo ? 1 : 0] !== inputs)
    node.refuse(`a matrix of [${dims.join(', ')}] does not fit a signal of ${inputs} numbers`, 'onnx');
  const outputs = dims[alreadySo ? 0 : 1];
  if (alreadySo) return data;
  node.budget.take(data.length, node.label);
  const weights = new Float64Array(data.length);
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output++) weights[output * inputs + input] = data[input * outputs + output];
  }
  return weights;
}

function broadcast(constant: Constant, dims: Shape, node: NodeReader): Float64Array {
  const from = [...dims.slice(constant.dims.length).map(() => 1), ...constant.dims];
  if (from.length !== dims.length || from.some((extent, axis) => extent !== 1 && extent !== dims[axis])) {
    node.refuse(`a bias of [${constant.dims.join(', ')}] does not fit an output of [${dims.join(', ')}]`, 'onnx');
  }
  return Float64Array.from(broadcastIndex(from, dims), (index) => constant.data[index]);
}
