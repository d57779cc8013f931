import { describe, expect, it } from 'vitest';
import { forward } from '../../forward.js';
import { inputSize } from '../../shapes.js';
import { expectClose, grid, runtime } from '../../testing/in-runtime.js';
import { onnxModel } from '../../testing/onnx-model.js';
import { Draw, operatorModels } from '../../testing/operator-models.js';
import { fromOnnx } from '../from-onnx.js';
import { toOnnx } from '../to-onnx.js';
import { operators } from './table.js';

describe('random models of an operator, read and written', () => {
  it.each(Object.entries(operatorModels))('%s', async (_, make) => {
    for (let seed = 1; seed <= 12; seed++) {
      const parts = make(new Draw(seed));
      const bytes = onnxModel(parts);
      const network = fromOnnx(bytes);
      const count = typeof parts.input[0] === 'string' ? 3 : 1;
      const inputs = grid(count * inputSize(network), seed);
      const dims = parts.input.map((extent) => (typeof extent === 'string' ? count : extent));
      const theirs = await runtime(bytes, inputs, dims);
      expectClose(forward(network, inputs, count), theirs);
      // What was read can be written again, and means the same.
      expectClose(await runtime(toOnnx(network), inputs, [count, ...network.inputShape]), theirs);
    }
  });

  it('covers every operator that only this table reads', () => {
    const older =
      'Abs Add BatchNormalization Cast Clip Constant Div Dropout Flatten Floor Gemm Identity IsNaN LeakyRelu';
    const others = `${older} MatMul Mul Not Relu Reshape Sign Squeeze Sub Unsqueeze`.split(' ');
    const covered = new Set([...others, ...Object.keys(operatorModels).map((name) => name.split(/[ ,]/)[0])]);
    expect([...operators.keys()].filter((name) => !covered.has(name))).toEqual([]);
  });
});
