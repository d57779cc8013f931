// Tested by fold-constants.int.test.ts.
import { constantParts, forAnyBatch, withConstants, type ComputedConstant } from '@mipnet/network';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { isFixed } from './onnx-runtime.js';
import { VerificationError } from './verification-error.js';

/** Bytes of all constants together that are computed. */
const most = 2 ** 28;

/** The data types of the runtime as numbers of the ONNX format. */
const dataTypes: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/**
 * The model with everything computed that does not depend on the numbers of its input: any operator on constants, and
 * arithmetic on the dimensions of signals. The ONNX runtime computes it, as it would in the whole model. If a result
 * holds for one sample only, the batch of the model is fixed at 1.
 * @returns the bytes given if there is nothing to compute
 * @throws VerificationError 'model' if the runtime cannot compute it, 'query' if it is too large
 */
export async function foldConstants(bytes: Uint8Array): Promise<Uint8Array> {
  const parts = constantParts(bytes);
  if (parts === undefined) return bytes;
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = 'error';
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(parts.model, {
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new VerificationError(
      'model',
      `the ONNX runtime cannot compute the constants of the model: ${saidBy(cause)}`,
      { cause },
    );
  }
  try {
    const one = await computed(session, runtime.Tensor, 1);
    const isOpen = session.inputMetadata.some((input) => input.isTensor && !isFixed(input.shape[0]));
    const two = parts.readsShape && isOpen ? await computed(session, runtime.Tensor, 2).catch(() => undefined) : one;
    const any = one.map((constant, at) => two && forAnyBatch(bytes, constant, two[at]));
    const holdsForAny = any.every((constant) => constant !== undefined);
    return withConstants(bytes, holdsForAny ? any : one, !holdsForAny);
  } catch (cause) {
    if (cause instanceof VerificationError) throw cause;
    throw new VerificationError('model', `the ONNX runtime fails on the constants of the model: ${saidBy(cause)}`, {
      cause,
    });
  } finally {
    await session.release();
  }
}

/** The runtime's words, without the place in its own source. */
const saidBy = (cause: unknown): string =>
  (cause as Error).message.replace(/^.*Status Message: |\S+\/onnxruntime\/\S+ /gs, '');

/** The outputs of the session for a batch of zeros. */
async function computed(
  session: InferenceSession,
  TensorOf: typeof Tensor,
  batch: number,
): Promise<ComputedConstant[]> {
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    if (!input.isTensor) throw new VerificationError('model', `the input '${input.name}' is no tensor`);
    const dims = input.shape.map((extent, axis) => (isFixed(extent) ? extent : axis === 0 ? batch : 1));
    const size = dims.reduce((product, extent) => product * extent, 1);
    feeds[input.name] =
      input.type === 'float64'
        ? new TensorOf('float64', new Float64Array(size), dims)
        : new TensorOf('float32', new Float32Array(size), dims);
  }
  const results = await session.run(feeds);
  let left = most;
  return session.outputNames.map((name) => {
    const { type, dims, data } = results[name];
    const numbers = data as Exclude<typeof data, string[]>;
    const code = dataTypes[type];
    if (code === undefined || !ArrayBuffer.isView(numbers))
      throw new VerificationError('query', `the constant '${name}' of the model is of ${type}, which is no number`);
    left -= numbers.byteLength;
    if (left < 0)
      throw new VerificationError('query', `the constants of the model take more than ${most} bytes when computed`);
    const rawData = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).slice();
    return { name, dims, dataType: code, rawData };
  });
}
