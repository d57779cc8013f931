import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import { floats, integers, node, onnxModel } from '../testing/onnx-model.js';
import type { ModelParts } from '../testing/onnx-model.js';
import { fromOnnx } from './from-onnx.js';
import { dataType, encodeModel } from './schema.js';

const square = [node('Reshape', ['x', 'shape'], 'r'), node('MatMul', ['r', 'W'], 'y')];

describe('reading ONNX', () => {
  it('keeps the bias of a convolution', () => {
    // Windows of 1..9: 1+2+4+5, 2+3+5+6, 4+5+7+8, 5+6+8+9, and 5 more each.
    const network = fromOnnx(
      onnxModel({
        input: ['N', 1, 3, 3],
        nodes: [node('Conv', ['x', 'W', 'B'], 'y', { kernel_shape: [2, 2] })],
        constants: [floats('W', [1, 1, 2, 2], [1, 1, 1, 1]), floats('B', [1], [5])],
      }),
    );
    expect([...forward(network, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 1)]).toEqual([
      12 + 5,
      16 + 5,
      24 + 5,
      28 + 5,
    ]);
  });

  it('keeps the sums of a Gemm before its alpha: they may leave the range of float32', () => {
    const { layers } = fromOnnx(
      onnxModel({
        input: ['N', 2],
        nodes: [node('Gemm', ['x', 'W', 'c'], 'y', { alpha: { float: 0.5 }, beta: { float: 2 } })],
        constants: [floats('W', [2, 1], [3e38, 3e38]), floats('c', [1], [5])],
      }),
    );
    const weight = Math.fround(3e38);
    expect(layers).toMatchObject([
      { kind: 'dense', weights: Float64Array.of(weight, weight), bias: Float64Array.of(0) },
      { kind: 'scale', factor: Float64Array.of(0.5), offset: Float64Array.of(10) },
    ]);
  });

  it('folds a transposition before a flatten into the next dense layer', () => {
    const network = fromOnnx(
      onnxModel({
        input: ['N', 2, 3],
        nodes: [
          node('Transpose', ['x'], 't', { perm: [0, 2, 1] }),
          node('Flatten', ['t'], 'f'),
          node('Gemm', ['f', 'W'], 'y', { transB: 1 }),
        ],
        constants: [floats('W', [1, 6], [1, 10, 100, 1000, 10000, 100000])],
      }),
    );
    expect(network.layers.map(({ kind }) => kind)).toEqual(['flatten', 'dense']);
    // The transposed input reads 1 4 2 5 3 6.
    expect([...forward(network, Float64Array.of(1, 2, 3, 4, 5, 6), 1)]).toEqual([635241]);
  });

  it('gives ternary weights back as they are, with the bias of an Add', () => {
    const network = fromOnnx(
      onnxModel({
        input: ['N', 2],
        nodes: [node('MatMul', ['x', 'W'], 'm'), node('Add', ['b', 'm'], 'y')],
        constants: [floats('W', [2, 3], [1, 0, -1, 1, 1, 0]), floats('b', [3], [1, 2, 3])],
      }),
    );
    expect(network.layers).toEqual([
      {
        kind: 'dense',
        inputs: 2,
        outputs: 3,
        weights: Float64Array.of(1, 1, 0, 1, -1, 0),
        bias: Float64Array.of(1, 2, 3),
      },
    ]);
  });

  it('reads an image out of a flat input', () => {
    const network = fromOnnx(
      onnxModel({
        input: ['N', 4],
        nodes: [
          node('Relu', ['x'], 'a'),
          node('Reshape', ['a', 'shape'], 'r'),
          node('MaxPool', ['r'], 'y', { kernel_shape: [2, 2] }),
        ],
        constants: [integers('shape', [-1, 1, 2, 2])],
      }),
    );
    expect(network.inputShape).toEqual([1, 2, 2]);
  });

  it('leaves out nodes that the output does not depend on', () => {
    const network = fromOnnx(
      onnxModel({ input: ['N', 2], nodes: [node('Softmax', ['x'], 's'), node('Relu', ['x'], 'y')] }),
    );
    expect(network.layers).toEqual([{ kind: 'activation', activation: 'relu' }]);
  });

  it.each<[string, ModelParts, string, RegExp]>([
    [
      'an operator it does not know',
      { input: ['N', 2], nodes: [node('Softmax', ['x'], 'y')] },
      'unsupported',
      /Softmax node 'y'/,
    ],
    [
      'an operator of another domain',
      { input: ['N', 2], nodes: [{ ...node('Relu', ['x'], 'y'), domain: 'com.example' }] },
      'unsupported',
      /Relu of the domain 'com.example'/,
    ],
    [
      'an attribute it does not know',
      { input: ['N', 2], nodes: [node('Relu', ['x'], 'y', { slope: 1 })] },
      'unsupported',
      /Relu node 'y'.*'slope'/,
    ],
    [
      'a product of two branches',
      { input: ['N', 2], nodes: [node('Relu', ['x'], 'a'), node('Mul', ['x', 'a'], 'y')] },
      'unsupported',
      /Mul node 'y'.*two branches/,
    ],
    [
      'a sum of branches that do not fit',
      {
        input: ['N', 3],
        nodes: [node('Gemm', ['x', 'W'], 'a'), node('Add', ['a', 'x'], 'y')],
        constants: [floats('W', [3, 2], [1, 2, 3, 4, 5, 6])],
      },
      'onnx',
      /Add node 'y'.*\[1, 2\] and \[1, 3\]/,
    ],
    [
      'a Slice of the batch',
      {
        input: ['N', 3],
        nodes: [node('Slice', ['x', 's', 'e', 'a'], 'y')],
        constants: [integers('s', [0]), integers('e', [0]), integers('a', [0])],
      },
      'unsupported',
      /Slice node 'y'.*batch/,
    ],
    [
      'a Gather outside its axis',
      {
        input: ['N', 3],
        nodes: [node('Gather', ['x', 'i'], 'y', { axis: 1 })],
        constants: [integers('i', [3])],
      },
      'onnx',
      /Gather node 'y'.*outside the 3 places/,
    ],
    [
      'a Split into parts of another sum',
      {
        input: ['N', 3],
        nodes: [{ ...node('Split', ['x', 's'], 'y', { axis: 1 }), output: ['y', 'z'] }],
        constants: [integers('s', [1, 1])],
      },
      'onnx',
      /Split node 'y'.*parts of 1, 1/,
    ],
    [
      'a Where between signals that are no multiples of one',
      {
        input: ['N', 2],
        nodes: [node('Relu', ['x'], 'a'), node('GreaterOrEqual', ['x', 'c'], 'q'), node('Where', ['q', 'a', 'c'], 'y')],
        constants: [floats('c', [], [0])],
      },
      'unsupported',
      /Where node 'y'.*chooses between signals/,
    ],
    [
      'a Where that gives one number',
      {
        input: ['N', 2],
        nodes: [node('GreaterOrEqual', ['x', 'c'], 'q'), node('Where', ['q', 'c', 'c'], 'y')],
        constants: [floats('c', [], [0])],
      },
      'unsupported',
      /Output node 'y'.*replace it by a constant/,
    ],
    [
      'a ceil_mode that counts pads',
      {
        input: ['N', 1, 4, 4],
        nodes: [
          node('AveragePool', ['x'], 'y', {
            kernel_shape: [3, 3],
            strides: [2, 2],
            ceil_mode: 1,
            count_include_pad: 1,
          }),
        ],
      },
      'unsupported',
      /AveragePool node 'y'.*ceil_mode/,
    ],
    [
      'a ThresholdedRelu that jumps',
      { input: ['N', 2], nodes: [node('ThresholdedRelu', ['x'], 'y')] },
      'unsupported',
      /ThresholdedRelu node 'y'.*jumps from 0 to its alpha, 1/,
    ],
    [
      'a Floor outside quantization',
      { input: ['N', 2], nodes: [node('Floor', ['x'], 'y')] },
      'unsupported',
      /Floor node 'y'/,
    ],
    [
      'half a quantization',
      {
        input: ['N', 2],
        nodes: [node('Mul', ['x', 'l'], 'm'), node('Add', ['m', 'h'], 'a'), node('Floor', ['a'], 'y')],
        constants: [floats('l', [], [4]), floats('h', [], [0.5])],
      },
      'unsupported',
      /result of a Floor/,
    ],
    [
      'a Clip that leaves one number',
      {
        input: ['N', 2],
        nodes: [node('Clip', ['x', 'low', 'high'], 'y')],
        constants: [floats('low', [], [6]), floats('high', [], [0])],
      },
      'unsupported',
      /Clip node 'y'.*\[6, 0\]/,
    ],
    [
      'a LeakyRelu that falls',
      { input: ['N', 2], nodes: [node('LeakyRelu', ['x'], 'y', { alpha: { float: -0.5 } })] },
      'unsupported',
      /LeakyRelu node 'y'.*-0.5/,
    ],
    [
      'a comparison as output',
      { input: ['N', 2], nodes: [node('GreaterOrEqual', ['x', 'c'], 'y')], constants: [floats('c', [], [0])] },
      'unsupported',
      /comparison/,
    ],
    [
      'a fixed batch above one',
      { input: [8, 2], nodes: [node('MatMul', ['x', 'W'], 'y')], constants: [floats('W', [2, 1], [1, 1])] },
      'unsupported',
      /MatMul node 'y'.*batch of 1/,
    ],
    [
      'a reshape across the batch',
      { input: ['N', 4], nodes: square, constants: [integers('shape', [-1, 2]), floats('W', [2, 1], [1, 1])] },
      'unsupported',
      /Reshape node 'r'.*mix the samples/,
    ],
    [
      'a reshape that loses numbers',
      { input: ['N', 4], nodes: square, constants: [integers('shape', [0, 3]), floats('W', [3, 1], [1, 1, 1])] },
      'onnx',
      /Reshape node 'r'.*\[1, 4\] does not reshape to \[1, 3\]/,
    ],
    [
      'the indices of a MaxPool',
      {
        input: ['N', 1, 4, 4],
        nodes: [
          { ...node('MaxPool', ['x'], 'p', { kernel_shape: [2, 2] }), output: ['p', 'i'] },
          node('Relu', ['i'], 'y'),
        ],
      },
      'onnx',
      /Relu node 'y'.*second output/,
    ],
    [
      'weights that depend on the input',
      { input: ['N', 1, 2, 2], nodes: [node('Conv', ['x', 'x'], 'y')] },
      'unsupported',
      /Conv node 'y'.*W depends/,
    ],
    [
      'division by the signal',
      { input: ['N', 2], nodes: [node('Div', ['c', 'x'], 'y')], constants: [floats('c', [], [1])] },
      'unsupported',
      /Div node 'y'/,
    ],
    [
      'a cast to integers',
      { input: ['N', 2], nodes: [node('Cast', ['x'], 'y', { to: dataType.int32 })] },
      'unsupported',
      /Cast node 'y'/,
    ],
    [
      'dropout in training',
      {
        input: ['N', 2],
        nodes: [node('Dropout', ['x', '', 't'], 'y')],
        constants: [{ name: 't', dims: [], dataType: dataType.bool, int32Data: [1] }],
      },
      'unsupported',
      /training mode/,
    ],
    [
      'an integer input',
      { input: ['N', 2], nodes: [node('Relu', ['x'], 'y')], elemType: dataType.int32 },
      'unsupported',
      /input 'x'/,
    ],
    [
      'an input of open size',
      { input: ['N', 'features'], nodes: [node('Relu', ['x'], 'y')] },
      'unsupported',
      /all but the batch/,
    ],
    [
      'an output that nothing gives',
      { input: ['N', 2], nodes: [node('Relu', ['x'], 'a')] },
      'onnx',
      /no node gives the output 'y'/,
    ],
    [
      'nodes out of order',
      { input: ['N', 2], nodes: [node('Relu', ['a'], 'y'), node('Relu', ['x'], 'a')] },
      'onnx',
      /'a' is given by no node before it/,
    ],
    ['a circle', { input: ['N', 2], nodes: [node('Relu', ['y'], 'y')] }, 'onnx', /'y' is given by no node before it/],
    [
      'a tensor of the wrong size',
      { input: ['N', 2], nodes: [node('Add', ['x', 'c'], 'y')], constants: [floats('c', [3], [1, 2])] },
      'onnx',
      /tensor 'c' has 2 numbers/,
    ],
    [
      'numbers of four bits',
      {
        input: ['N', 1],
        nodes: [node('Add', ['x', 'c'], 'y')],
        constants: [{ name: 'c', dims: [1], dataType: 22, rawData: new Uint8Array(1) }],
      },
      'unsupported',
      /tensor 'c'.*data type 22/,
    ],
    [
      'numbers in another file',
      {
        input: ['N', 1],
        nodes: [node('Add', ['x', 'c'], 'y')],
        constants: [{ name: 'c', dims: [1], dataType: 1, dataLocation: 1 }],
      },
      'unsupported',
      /another file/,
    ],
    [
      'a weight that is not a number',
      { input: ['N', 1], nodes: [node('Mul', ['x', 'c'], 'y')], constants: [floats('c', [1], [NaN])] },
      'value',
      /factor\[0\] is NaN/,
    ],
    ['an ancient opset', { input: ['N', 1], nodes: [node('Relu', ['x'], 'y')], opset: 6 }, 'unsupported', /opset 6/],
    [
      'an opset of the future',
      { input: ['N', 1], nodes: [node('Relu', ['x'], 'y')], opset: 99 },
      'unsupported',
      /opset 99.*7 to 28/,
    ],
  ])('refuses %s', (_, parts, code, message) => {
    expect(() => fromOnnx(onnxModel(parts))).toThrow(
      expect.objectContaining({ name: 'NetworkError', code, message: expect.stringMatching(message) }),
    );
  });

  it('refuses several inputs, but not a constant listed as an input', () => {
    const info = (name: string) => ({
      name,
      type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'N' }, { dimValue: 1 }] } } },
    });
    const model = (initializer: ReturnType<typeof floats>[]) =>
      encodeModel({
        irVersion: 3,
        opsetImport: [{ version: 9 }],
        graph: {
          node: [node('Mul', ['x', 'c'], 'y')],
          input: [info('x'), info('c')],
          output: [info('y')],
          initializer,
        },
      });
    expect(() => fromOnnx(model([]))).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringMatching(/'x', 'c'/) }),
    );
    expect(fromOnnx(model([floats('c', [1], [2])])).layers).toHaveLength(1);
  });
});
