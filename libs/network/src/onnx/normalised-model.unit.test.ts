import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import { floats, node, onnxModel } from '../testing/onnx-model.js';
import { fromOnnx } from './from-onnx.js';
import { normalisedModel } from './normalised-model.js';

/** y = relu(x) + x: the input is read twice. */
const twice = onnxModel({ input: ['N', 2], nodes: [node('Relu', ['x'], 'r'), node('Add', ['r', 'x'], 'y')] });
const image = onnxModel({
  input: [1, 2, 1, 2],
  nodes: [node('Conv', ['x', 'W'], 'y', { kernel_shape: [1, 2] })],
  constants: [floats('W', [1, 2, 1, 2], [1, 10, 100, 1000])],
});

describe('normalisedModel', () => {
  it('scales, subtracts the mean and divides by the standard deviation, before every reader of the input', () => {
    const network = fromOnnx(normalisedModel(twice, { scale: [4], mean: [1, 3], std: [0.5] }));
    expect([...forward(network, Float64Array.of(0.5, 0.25), 1)]).toEqual([4, -4]);
  });

  it('takes one number per channel', () => {
    const network = fromOnnx(normalisedModel(image, { mean: [1, 2], std: [1, 2] }));
    expect(network.inputShape).toEqual([2, 1, 2]);
    expect([...forward(network, Float64Array.of(2, 3, 4, 6), 1)]).toEqual([1 + 20 + 100 + 2000]);
  });

  it('rounds its numbers to the type of the model', () => {
    const network = fromOnnx(normalisedModel(twice, { mean: [0.1] }));
    expect([...forward(network, Float64Array.of(Math.fround(0.1), 0), 1)]).toEqual([0, -Math.fround(0.1)]);
  });

  it.each([
    [{ mean: [1, 2, 3] }, "mean has 3 numbers, and the network's input has the shape [-1, 2]"],
    [{ std: [0] }, 'std 0: give a finite float32 number other than 0'],
    [{ std: [1e-60] }, 'std 1e-60: give a finite float32 number other than 0'],
    [{ mean: [1e60] }, 'mean 1e+60: give a finite float32 number'],
  ])('refuses %j', (normalisation, message) => {
    expect(() => normalisedModel(twice, normalisation)).toThrow(message);
  });
});
