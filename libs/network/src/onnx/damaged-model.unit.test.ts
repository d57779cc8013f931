import { expect, it } from 'vitest';
import { NetworkError } from '../network-error.js';
import { damaged, seededIntegers } from '../testing/damage.js';
import { floats, integers, node, onnxModel } from '../testing/onnx-model.js';
import { fromOnnx } from './from-onnx.js';

const weights = (name: string, ...dims: number[]) =>
  floats(
    name,
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, k) => ((k * 7) % 11) / 8 - 0.5),
  );

/** One model for each family of operators. */
const models = [
  onnxModel({
    input: ['N', 1, 6, 6],
    constants: [weights('W', 2, 1, 3, 3), weights('b', 2), weights('V', 3, 18)],
    nodes: [
      node('Conv', ['x', 'W', 'b'], 'c', { pads: [1, 1, 1, 1], strides: [1, 1], dilations: [1, 1] }),
      node('Relu', ['c'], 'r'),
      node('MaxPool', ['r'], 'p', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Flatten', ['p'], 'f'),
      node('Gemm', ['f', 'V'], 'y', { transB: 1, alpha: { float: 2 } }),
    ],
  }),
  onnxModel({
    input: ['N', 2, 3],
    constants: [weights('W', 6, 2), integers('s', [0, -1]), weights('g', 2), weights('h', 2)],
    nodes: [
      node('Transpose', ['x'], 't', { perm: [0, 2, 1] }),
      node('Reshape', ['t', 's'], 'r'),
      node('MatMul', ['r', 'W'], 'm'),
      node('Mul', ['m', 'g'], 'n'),
      node('Add', ['n', 'h'], 'y'),
    ],
  }),
  onnxModel({
    input: [1, 4],
    constants: [floats('c', [], [0]), floats('one', [], [1]), floats('minus', [], [-1]), integers('a', [0])],
    nodes: [
      node('GreaterOrEqual', ['x', 'c'], 'q'),
      node('Where', ['q', 'one', 'minus'], 'w'),
      node('Unsqueeze', ['w', 'a'], 'u'),
      node('Squeeze', ['u', 'a'], 'v'),
      node('Cast', ['v'], 'y', { to: 1 }),
    ],
  }),
  onnxModel({
    input: ['N', 2, 4, 4],
    constants: [weights('g', 2), weights('h', 2), weights('m', 2), floats('v', [2], [1, 2])],
    nodes: [
      node('BatchNormalization', ['x', 'g', 'h', 'm', 'v'], 'b'),
      node('AveragePool', ['b'], 'p', { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' }),
      node('GlobalAveragePool', ['p'], 'z'),
      node('Dropout', ['z'], 'y'),
    ],
  }),
];

it('refuses damaged models of every family of operators, and nothing but refuses', () => {
  for (const model of models) expect(fromOnnx(model).layers.length).toBeGreaterThan(0);
  const integer = seededIntegers(20);
  let refused = 0;
  let longest = 0;
  for (let run = 0; run < 6000; run++) {
    const bytes = damaged(models[run % models.length], integer);
    const began = process.cpuUsage();
    try {
      fromOnnx(bytes);
    } catch (error) {
      refused++;
      if (!(error instanceof NetworkError) || error.message === '')
        throw new Error(`run ${run}: ${Buffer.from(bytes).toString('base64')}`, { cause: error });
    }
    longest = Math.max(longest, process.cpuUsage(began).user / 1e6);
  }
  expect(refused).toBeGreaterThan(3000);
  expect(longest, 'seconds of the slowest').toBeLessThan(5);
});
