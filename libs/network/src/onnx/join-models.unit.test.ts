import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import { floats, node, onnxModel } from '../testing/onnx-model.js';
import { fromOnnx } from './from-onnx.js';
import { joinModels } from './join-models.js';
import { modelEnds } from './model-ends.js';
import { dataType, decodeModel } from './schema.js';

/** y = relu(2 x - 1), hidden: 2 x - 1. */
const hinge = onnxModel({
  input: ['N', 2],
  nodes: [node('Mul', ['x', 'two'], 'm'), node('Sub', ['m', 'one'], 'hidden'), node('Relu', ['hidden'], 'y')],
  constants: [floats('two', [1], [2]), floats('one', [1], [1])],
});
const x = { name: 'x', dims: [1, 2] };
const y = { name: 'y', dims: [1, 2] };

describe('joinModels', () => {
  it('puts inputs and inner tensors beside the output', () => {
    const shown = [{ name: 'hidden', dims: [2] }, y];
    const joined = joinModels([{ bytes: hinge, inputs: [x], shown }], { withInputs: true });
    const network = fromOnnx(joined);
    expect(network.inputShape).toEqual([2]);
    expect([...forward(network, Float64Array.of(2, 0.25), 1)]).toEqual([2, 0.25, 3, -0.5, 3, 0]);
  });

  it('keeps an image as the input', () => {
    const image = onnxModel({
      input: [1, 1, 2, 2],
      nodes: [node('Conv', ['x', 'W'], 'y', { kernel_shape: [2, 2] })],
      constants: [floats('W', [1, 1, 2, 2], [1, 10, 100, 1000])],
    });
    const part = {
      bytes: image,
      inputs: [{ name: 'x', dims: [1, 1, 2, 2] }],
      shown: [{ name: 'y', dims: [1, 1, 1, 1] }],
    };
    const network = fromOnnx(joinModels([part], { withInputs: true }));
    expect(network.inputShape).toEqual([1, 2, 2]);
    expect([...forward(network, Float64Array.of(1, 2, 3, 4), 1)]).toEqual([1, 2, 3, 4, 4321]);
  });

  it('keeps the names of several models apart, and divides their inputs', () => {
    const part = { bytes: hinge, inputs: [x], shown: [y] };
    const { graph } = decodeModel(joinModels([part, part]));
    expect(graph!.input!.map(({ type }) => type?.tensorType?.shape?.dim)).toEqual([[{ dimValue: 1 }, { dimValue: 4 }]]);
    expect(graph!.node!.map(({ opType }) => opType)).toEqual([
      ...['Slice', 'Reshape', 'Slice', 'Reshape'],
      ...['Mul', 'Sub', 'Relu', 'Mul', 'Sub', 'Relu'],
      ...['Reshape', 'Reshape', 'Concat'],
    ]);
    const given = graph!.node!.flatMap(({ output }) => output ?? []);
    expect(new Set(given).size).toBe(given.length);
    expect(new Set(graph!.node!.map(({ name }) => name)).size).toBe(graph!.node!.length);
    const known = new Set([...given, 'inputs', ...graph!.initializer!.map(({ name }) => name)]);
    expect(graph!.node!.flatMap(({ input }) => input ?? []).filter((name) => !known.has(name))).toEqual([]);
  });

  it('refuses models of different opsets or types', () => {
    const part = (bytes: Uint8Array) => ({ bytes, inputs: [x], shown: [y] });
    const nodes = [node('Relu', ['x'], 'y')];
    const older = onnxModel({ input: ['N', 2], nodes, opset: 9 });
    const double = onnxModel({ input: ['N', 2], nodes, elemType: dataType.double });
    expect(() => joinModels([part(hinge), part(older)])).toThrow('different opsets');
    expect(() => joinModels([part(hinge), part(double)])).toThrow('not all float32, or all float64');
    expect(() => joinModels([part(Uint8Array.of(1, 2, 3))])).toThrow('not an ONNX model');
  });
});

describe('modelEnds', () => {
  it('says what a model takes and gives, constants left out', () => {
    expect(modelEnds(hinge)).toEqual({
      inputs: [{ name: 'x', type: 'float32', dims: [-1, 2] }],
      outputs: [{ name: 'y', type: 'float32', dims: undefined }],
    });
    expect(() => modelEnds(Uint8Array.of(1, 2, 3))).toThrow('not an ONNX model');
  });
});
