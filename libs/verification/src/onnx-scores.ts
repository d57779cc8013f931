import { inputSize, validateNetwork, type Network } from '@mipnet/network';
import { openOnnxRuntime } from './onnx-runtime.js';
import { VerificationError } from './verification-error.js';

/** The ONNX runtime on many rows, in batches that keep its memory small. */
export interface Scorer {
  /** Rows that are best given at once. */
  readonly batch: number;
  /**
   * The network's outputs (count x outputs, row-major) for `count` rows that lie one after the other, in float32 as the
   * runtime gives them (float64 for a model of float64).
   */
  scores(rows: Float32Array | Float64Array, count: number): Promise<Float32Array | Float64Array>;
  release(): Promise<void>;
}

/** Numbers of the widest layer for one batch, so that they stay in the cache, and rows of a batch at most. */
const [mostNumbers, mostRows] = [2 ** 20, 4096];

/**
 * Opens a network's file in the ONNX runtime, for many rows, with as many threads as the runtime takes by itself.
 * @param network what the file holds, for the sizes of its layers
 * @throws VerificationError 'model' if the runtime refuses the model, 'runtime' if it fails on a batch
 */
export async function openScorer(bytes: Uint8Array, network: Network): Promise<Scorer> {
  const runtime = await openOnnxRuntime(bytes, { threads: 'default' });
  const shapes = validateNetwork(network);
  const size = inputSize(network);
  const widest = Math.max(size, ...shapes.map((shape) => shape.reduce((product, extent) => product * extent, 1)));
  const batch = Math.max(1, Math.min(mostRows, Math.floor(mostNumbers / widest)));
  return {
    batch,
    scores: async (rows, count) => {
      if (rows.length !== count * size)
        throw new VerificationError('query', `${rows.length} numbers are not ${count} rows of ${size}`);
      if (count <= batch) return runtime.runBatch(rows, count);
      const parts: (Float32Array | Float64Array)[] = [];
      for (let from = 0; from < count; from += batch) {
        const to = Math.min(count, from + batch);
        parts.push(await runtime.runBatch(rows.subarray(from * size, to * size), to - from));
      }
      const outputs = parts[0].length / batch;
      const whole = runtime.type === 'float32' ? new Float32Array(count * outputs) : new Float64Array(count * outputs);
      parts.forEach((part, index) => whole.set(part, index * batch * outputs));
      return whole;
    },
    release: () => runtime.release(),
  };
}
