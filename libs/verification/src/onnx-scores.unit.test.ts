import { forward, toOnnx, type Dense, type Layer, type Network } from '@mipnet/network';
import { describe, expect, it } from 'vitest';
import { openOnnxRuntime } from './onnx-runtime.js';
import { openScorer } from './onnx-scores.js';

/** Weights and inputs are multiples of 1/8, so that every order of summation gives the same. */
const eighths = (length: number, seed: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => (((i + seed) * 7919) % 33) / 8 - 2);

const dense = (inputs: number, outputs: number): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: eighths(inputs * outputs, 1),
  bias: eighths(outputs, 2),
});
const network: Network = {
  inputShape: [3],
  layers: [dense(3, 4), { kind: 'activation', activation: 'relu' }, dense(4, 2)],
};
/** So wide that few rows make a batch. Its output is the first unit of the hidden layer. */
const wide: Network = {
  inputShape: [2],
  layers: [
    dense(2, 2 ** 19),
    {
      kind: 'dense',
      inputs: 2 ** 19,
      outputs: 1,
      weights: new Float64Array(2 ** 19).fill(1, 0, 1),
      bias: eighths(1, 0),
    },
  ],
};

describe('scores of many rows', () => {
  it('are those of the forward pass, in float32, whatever the number of rows', async () => {
    const scorer = await openScorer(toOnnx(network), network);
    try {
      for (const count of [0, 1, 2, scorer.batch, scorer.batch + 1, 2 * scorer.batch + 7]) {
        const rows = eighths(3 * count, 5);
        const scores = await scorer.scores(Float32Array.from(rows), count);
        expect(scores).toBeInstanceOf(Float32Array);
        expect(scores.length).toBe(2 * count);
        expect(scores).toEqual(Float32Array.from(forward(network, rows, count)));
      }
    } finally {
      await scorer.release();
    }
  });

  it('come from float64 rows, too', async () => {
    const scorer = await openScorer(toOnnx(network), network);
    const rows = eighths(15, 3);
    expect(await scorer.scores(rows, 5)).toEqual(Float32Array.from(forward(network, rows, 5)));
    await expect(scorer.scores(rows, 4)).rejects.toThrow('15 numbers are not 4 rows of 3');
    await scorer.release();
  });

  it('take small batches if a layer is wide', async () => {
    const scorer = await openScorer(toOnnx(wide), wide);
    try {
      expect(scorer.batch).toBeLessThan(50);
      const rows = eighths(2 * 50, 1);
      const { weights, bias } = wide.layers[0] as Dense;
      const expected = (k: number) => rows[2 * k] * weights[0] + rows[2 * k + 1] * weights[1] + bias[0] - 2;
      expect([...(await scorer.scores(rows, 50))]).toEqual(Array.from({ length: 50 }, (_, k) => expected(k)));
    } finally {
      await scorer.release();
    }
  });
});

/** The file with its batch fixed at 1: the text 'N' of the open extent (dim_param) becomes the number 1 (dim_value). */
function withFixedBatch(bytes: Uint8Array): Uint8Array {
  const fixed = bytes.slice();
  // In TensorShapeProto.Dimension: { dim_param (field 2) = 'N' } has 3 bytes, as { dim_value (field 1) = 1 } with a
  // padded varint.
  for (let at = 0; at + 3 <= fixed.length; at++)
    if (fixed[at] === 0x12 && fixed[at + 1] === 1 && fixed[at + 2] === 0x4e) fixed.set([0x08, 0x81, 0x00], at);
  return fixed;
}

it('a model whose batch is fixed at 1 runs row by row, with the same outputs', async () => {
  const bytes = toOnnx(network);
  const [open, fixed] = [await openOnnxRuntime(bytes), await openOnnxRuntime(withFixedBatch(bytes))];
  try {
    const rows = Float32Array.from(eighths(12, 4));
    expect(await fixed.runBatch(rows, 4)).toEqual(await open.runBatch(rows, 4));
    expect(await fixed.runBatch(rows, 0)).toEqual(new Float32Array(0));
    await expect(fixed.runBatch(rows, 3)).rejects.toMatchObject({ code: 'runtime' });
  } finally {
    await Promise.all([open.release(), fixed.release()]);
  }
});
