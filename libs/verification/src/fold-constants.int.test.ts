import { forward, fromOnnx, inputSize } from '@mipnet/network';
import { floats, integers, node, onnxModel, type ModelParts } from '@mipnet/network/testing/onnx-model';
import { describe, expect, it } from 'vitest';
import { foldConstants } from './fold-constants.js';
import { openOnnxRuntime } from './onnx-runtime.js';

const scalar = (name: string, value: number) => ({ ...integers(name, [value]), dims: [] });
const numbers = (count: number, seed = 1): number[] =>
  Array.from({ length: count }, (_, at) => (((at + seed) * 7919) % 65) / 32 - 1);
const bytesOf = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes, (byte) => byte & 255);

const weights: Record<string, ModelParts> = {
  'an exploded BatchNormalization': {
    input: ['N', 4],
    nodes: [
      node('Add', ['v', 'e'], 'a'),
      node('Sqrt', ['a'], 'd'),
      node('Div', ['g', 'd'], 'f'),
      node('Mul', ['x', 'f'], 'p'),
      node('Mul', ['m', 'f'], 'mf'),
      node('Sub', ['b', 'mf'], 'o'),
      node('Add', ['p', 'o'], 'y'),
    ],
    constants: [
      floats('v', [4], [1, 2, 0.5, 0.25]),
      floats('e', [], [0.001]),
      ...['g', 'm', 'b'].map((name, at) => floats(name, [4], numbers(4, at))),
    ],
  },
  'weights of int8': {
    input: ['N', 3],
    nodes: [node('DequantizeLinear', ['q', 's', 'z'], 'W', { axis: 1 }), node('MatMul', ['x', 'W'], 'y')],
    constants: [
      { name: 'q', dims: [3, 2], dataType: 3, rawData: bytesOf(1, -2, 3, 127, -128, 5) },
      floats('s', [2], [0.5, 0.25]),
      { name: 'z', dims: [2], dataType: 3, rawData: bytesOf(0, 3) },
    ],
  },
  'weights that are quantized and back': {
    input: ['N', 3],
    nodes: [
      node('QuantizeLinear', ['w', 's'], 'q'),
      node('DequantizeLinear', ['q', 's'], 'W'),
      node('MatMul', ['x', 'W'], 'y'),
    ],
    constants: [floats('w', [3, 2], numbers(6).map(Math.abs)), floats('s', [], [0.125])],
  },
  'weights of float16, transposed and scaled': {
    input: ['N', 3],
    nodes: [
      node('Cast', ['h'], 'w', { to: 1 }),
      node('Transpose', ['w'], 't', { perm: [1, 0] }),
      node('Mul', ['t', 'f'], 'W'),
      node('MatMul', ['x', 'W'], 'y'),
    ],
    constants: [
      // 1, -2, 0.5, the smallest, the largest, 1/3
      {
        name: 'h',
        dims: [2, 3],
        dataType: 10,
        rawData: bytesOf(0, 0x3c, 0, 0xc0, 0, 0x38, 1, 0, 255, 0x7b, 0x55, 0x35),
      },
      floats('f', [], [0.5]),
    ],
  },
  'weights of bfloat16, of ConstantOfShape and of Range': {
    input: ['N', 4],
    nodes: [
      node('Cast', ['b'], 'w', { to: 1 }),
      node('ConstantOfShape', ['n'], 'ones', { value: floats('', [1], [1]) }),
      node('Range', ['from', 'to', 'by'], 'r'),
      node('Mul', ['w', 'ones'], 'u'),
      node('Add', ['u', 'r'], 'v'),
      node('Mul', ['x', 'v'], 'y'),
    ],
    constants: [
      { name: 'b', dims: [4], dataType: 16, rawData: bytesOf(0x80, 0x3f, 0, 0xc0, 0, 0x3f, 0, 0) },
      integers('n', [4]),
      floats('from', [], [0]),
      floats('to', [], [4]),
      floats('by', [], [1]),
    ],
  },
};

const shapes: Record<string, ModelParts> = {
  'a Reshape to [batch, -1], as PyTorch writes x.view(x.size(0), -1)': {
    input: ['N', 2, 3],
    nodes: [
      node('Shape', ['x'], 's'),
      node('Gather', ['s', 'zero'], 'n'),
      node('Unsqueeze', ['n', 'axes'], 'u'),
      node('Concat', ['u', 'rest'], 'shape', { axis: 0 }),
      node('Reshape', ['x', 'shape'], 'y'),
    ],
    constants: [scalar('zero', 0), integers('axes', [0]), integers('rest', [-1])],
  },
  'a Slice to half of the width': {
    input: ['N', 1, 6],
    nodes: [
      node('Shape', ['x'], 's'),
      node('Gather', ['s', 'two'], 'w'),
      node('Div', ['w', 'half'], 'h'),
      node('Unsqueeze', ['h', 'axes'], 'end'),
      node('Slice', ['x', 'start', 'end', 'last'], 'y'),
    ],
    constants: [
      scalar('two', 2),
      scalar('half', 2),
      integers('axes', [0]),
      integers('start', [0]),
      integers('last', [2]),
    ],
  },
  'a constant as large as the signal': {
    input: ['N', 3],
    nodes: [
      node('Shape', ['x'], 's'),
      node('ConstantOfShape', ['s'], 'c', { value: floats('', [1], [0.5]) }),
      node('Add', ['x', 'c'], 'y'),
    ],
  },
  'Where and Equal over a shape, as Expand is exported': {
    input: ['N', 1, 3],
    nodes: [
      node('Equal', ['asked', 'minus'], 'q'),
      node('Where', ['q', 'ones', 'asked'], 'shape'),
      node('Expand', ['x', 'shape'], 'y'),
    ],
    constants: [integers('asked', [-1, 2, 3]), integers('minus', [-1]), integers('ones', [1, 1, 1])],
  },
};

describe('constants are computed', () => {
  it.each(Object.entries({ ...weights, ...shapes }))('%s', async (name, parts) => {
    const original = onnxModel(parts);
    const bytes = await foldConstants(original);
    const network = fromOnnx(bytes);
    const [before, after] = [await openOnnxRuntime(original), await openOnnxRuntime(bytes)];
    const count = 3;
    const inputs = Float64Array.from(numbers(count * inputSize(network), 5));
    const ours = forward(network, inputs, count);
    const [theirs, folded] = [await before.runBatch(inputs, count), await after.runBatch(inputs, count)];
    expect(folded).toEqual(theirs);
    expect(ours.length, name).toBe(theirs.length);
    ours.forEach((value, at) => expect(Math.abs(value - theirs[at])).toBeLessThan(1e-6 * (1 + Math.abs(value))));
    await Promise.all([before.release(), after.release()]);
  });

  it('nothing is done if there is nothing to compute', async () => {
    const bytes = onnxModel({ input: ['N', 2], nodes: [node('Relu', ['x'], 'y')] });
    expect(await foldConstants(bytes)).toBe(bytes);
  });

  it('random numbers stay, and what the runtime cannot compute is said', async () => {
    const random = onnxModel({
      input: ['N', 2],
      nodes: [node('RandomNormal', [], 'r', { shape: [2] }), node('Sqrt', ['r'], 's'), node('Add', ['x', 's'], 'y')],
    });
    expect(await foldConstants(random)).toBe(random);
    const wrong = onnxModel({
      input: ['N', 2],
      nodes: [node('MatMul', ['a', 'b'], 'c'), node('Add', ['x', 'c'], 'y')],
      constants: [floats('a', [2, 3], numbers(6)), floats('b', [2, 3], numbers(6))],
    });
    await expect(foldConstants(wrong)).rejects.toThrow(/the ONNX runtime (cannot compute|fails on) the constants/);
  });
});
