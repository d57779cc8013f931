// Tested by ../onnx/onnxruntime.int.test.ts.
import { DenseMatrix } from '../dense-matrix/dense-matrix.js';
import type { Dense } from '../network.js';
import { integer } from '../onnx/attributes.js';
import { requireIntegers, requireLength } from './checks.js';
import type { LayerKind, PreparedLayer } from './layer-kind.js';
import { nonZeros, type SparseRows } from './sparse-rows.js';

/** y = W x + b */
export const dense: LayerKind<Dense> = {
  shape: (layer, input, refuse) => {
    requireIntegers({ inputs: [layer.inputs], outputs: [layer.outputs] }, 1, refuse);
    requireLength('weights', layer.weights, layer.outputs * layer.inputs, refuse);
    requireLength('bias', layer.bias, layer.outputs, refuse);
    if (input.length !== 1) refuse('shape', `its input has shape [${input.join(', ')}]; put a flatten layer before it`);
    if (input[0] !== layer.inputs) refuse('shape', `it takes ${layer.inputs} inputs, but gets ${input[0]}`);
    return [layer.outputs];
  },
  prepare: prepareDense,
  map: ({ inputs, outputs, weights, bias }) => {
    const rows = nonZeros(weights, outputs, inputs);
    const isFull = DenseMatrix.suits(outputs, inputs, rows.values.length);
    const matrix = isFull ? new DenseMatrix(outputs, inputs, weights) : undefined;
    return { kind: 'affine', inputs, outputs, ...rows, bias, matrix };
  },
  parameters: ({ weights, bias }) => [
    ['weights', weights],
    ['bias', bias],
  ],
  multiplications: ({ weights }) => weights.length,
  rounded: (layer) => layer,
  rounds: () => true,
  write: (graph, { weights, bias, inputs, outputs }) =>
    graph.advance(
      'Gemm',
      [graph.constant(weights, [outputs, inputs]), graph.constant(bias, [outputs])],
      [integer('transB', 1)],
    ),
};

/** After so many products, the copy for WebAssembly pays: a pass that is asked about a few samples needs none. */
const many = 2 ** 18;

/**
 * Products are added in ascending order of the inputs and the bias last, for every batch size, so that an answer does
 * not depend on the batches. A layer without zeros runs as WebAssembly, if it is asked about many samples: the same
 * sums in the same order.
 */
function prepareDense(layer: Dense): PreparedLayer {
  const { inputs, outputs, weights } = layer;
  const rows = nonZeros(weights, outputs, inputs);
  const isFull = rows.values.length === weights.length && DenseMatrix.suits(outputs, inputs, weights.length);
  const byRows = runNonZeros(layer, rows);
  if (!isFull) return { outputs, run: byRows };
  let products = 0;
  let byMatrix: PreparedLayer['run'] | undefined;
  const run: PreparedLayer['run'] = (input, output, count) => {
    products += count * weights.length;
    if (products < many) byRows(input, output, count);
    else (byMatrix ??= runFull(layer, rows.values))(input, output, count);
  };
  return { outputs, run };
}

/**
 * Row by row of the transposed matrix: so the inputs of every output come in ascending order.
 * @param weights as they were when the layer was prepared
 */
function runFull({ inputs, outputs, bias }: Dense, weights: Float64Array): PreparedLayer['run'] {
  const transposed = new Float64Array(weights.length);
  for (let row = 0, from = 0; row < outputs; row++)
    for (let column = 0; column < inputs; column++) transposed[column * outputs + row] = weights[from++];
  const matrix = new DenseMatrix(inputs, outputs, transposed);
  return (input, output, count) => {
    for (let sample = 0; sample < count; sample++) {
      const sums = output.subarray(sample * outputs, (sample + 1) * outputs).fill(0);
      matrix.addRows(input.subarray(sample * inputs, (sample + 1) * inputs), sums);
      for (let row = 0; row < outputs; row++) sums[row] += bias[row];
    }
  };
}

function runNonZeros({ inputs, outputs, bias }: Dense, { starts, indices, values }: SparseRows): PreparedLayer['run'] {
  return (input, output, count) => {
    const blocked = count - (count % 4);
    // Four samples at a time: each weight is loaded once, and four independent sums hide the latency of addition.
    for (let sample = 0; sample < blocked; sample += 4) {
      const at0 = sample * inputs;
      const at1 = at0 + inputs;
      const at2 = at1 + inputs;
      const at3 = at2 + inputs;
      let to = sample * outputs;
      for (let row = 0; row < outputs; row++, to++) {
        let sum0 = 0;
        let sum1 = 0;
        let sum2 = 0;
        let sum3 = 0;
        for (let entry = starts[row]; entry < starts[row + 1]; entry++) {
          const column = indices[entry];
          const value = values[entry];
          sum0 += value * input[at0 + column];
          sum1 += value * input[at1 + column];
          sum2 += value * input[at2 + column];
          sum3 += value * input[at3 + column];
        }
        output[to] = sum0 + bias[row];
        output[to + outputs] = sum1 + bias[row];
        output[to + 2 * outputs] = sum2 + bias[row];
        output[to + 3 * outputs] = sum3 + bias[row];
      }
    }
    for (let sample = blocked; sample < count; sample++) {
      const at = sample * inputs;
      for (let row = 0; row < outputs; row++) {
        let sum = 0;
        for (let entry = starts[row]; entry < starts[row + 1]; entry++)
          sum += values[entry] * input[at + indices[entry]];
        output[sample * outputs + row] = sum + bias[row];
      }
    }
  };
}
