// Tested by ../onnx/onnxruntime.int.test.ts.
import * as ort from 'onnxruntime-web';
import { expect } from 'vitest';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** What the ONNX runtime makes of the inputs, which it gets as float32 (or float64). */
export async function runtime(
  bytes: Uint8Array,
  inputs: Float64Array,
  dims: readonly number[],
  type: 'float32' | 'float64' = 'float32',
): Promise<Float64Array> {
  const session = await ort.InferenceSession.create(bytes);
  try {
    const tensor =
      type === 'float32'
        ? new ort.Tensor('float32', Float32Array.from(inputs), [...dims])
        : new ort.Tensor('float64', inputs, [...dims]);
    const results = await session.run({ [session.inputNames[0]]: tensor });
    return Float64Array.from(results[session.outputNames[0]].data as Float32Array);
  } finally {
    await session.release();
  }
}

/** Repeatable numbers on a grid of 1/64, exact in float32, so that boundaries of activations are hit and agreed on. */
export function grid(length: number, seed: number): Float64Array {
  let state = seed * 2654435761 + 1;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (((state >>> 16) % 257) - 128) / 64;
  });
}

export function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    if (Math.abs(actual[index] - value) > 1e-4 * (1 + Math.abs(value)))
      expect.fail(`output ${index} is ${actual[index]}, but the runtime gives ${value}`);
  }
}
