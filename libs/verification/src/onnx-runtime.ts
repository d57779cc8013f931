import type { InferenceSession } from 'onnxruntime-web';
import { VerificationError } from './verification-error.js';

/** A model in the ONNX runtime: an implementation that shares no code with ours. */
export interface OnnxRuntime {
  /** What the model's inputs are made of. */
  readonly type: 'float32' | 'float64';
  /** Outputs for one input, which is rounded to the model's type. */
  run(input: Float64Array): Promise<Float64Array>;
  release(): Promise<void>;
}

/**
 * Opens a model of one input and one output in WebAssembly, on one thread: the CPU execution provider with its default
 * options, which merge layers where they can. The runtime is loaded at the first call.
 * @throws VerificationError 'runtime' when it refuses the model or fails on an input
 */
export async function openOnnxRuntime(bytes: Uint8Array): Promise<OnnxRuntime> {
  try {
    const runtime = await import('onnxruntime-web');
    runtime.env.wasm.numThreads = 1;
    runtime.env.logLevel = 'error';
    const session = await runtime.InferenceSession.create(bytes);
    const { type, dims } = inputOf(session);
    // A session takes one input at a time; who asks meanwhile waits.
    let before: Promise<unknown> = Promise.resolve();
    const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
      const next = before.then(work, work);
      before = next;
      return next;
    };
    return {
      type,
      run: (input) =>
        inTurn(async () => {
          try {
            const tensor =
              type === 'float32'
                ? new runtime.Tensor('float32', Float32Array.from(input), dims)
                : new runtime.Tensor('float64', input, dims);
            const results = await session.run({ [session.inputNames[0]]: tensor });
            return Float64Array.from(results[session.outputNames[0]].data as Float32Array | Float64Array);
          } catch (cause) {
            throw new VerificationError(
              'runtime',
              `the ONNX runtime failed on an input of ${input.length} numbers: ${(cause as Error).message}`,
              { cause },
            );
          }
        }),
      release: () => inTurn(() => session.release()),
    };
  } catch (cause) {
    if (cause instanceof VerificationError) throw cause;
    throw new VerificationError('runtime', `the ONNX runtime does not open the model: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The type and the shape of one input; open extents are the batch, which is one here. */
function inputOf(session: InferenceSession): { readonly type: 'float32' | 'float64'; readonly dims: number[] } {
  const [input, ...others] = session.inputMetadata;
  if (input === undefined || others.length > 0 || !input.isTensor) {
    throw new VerificationError(
      'runtime',
      `a model of one input is needed, not of ${session.inputNames.length} (${session.inputNames.join(', ')})`,
    );
  }
  if (input.type !== 'float32' && input.type !== 'float64')
    throw new VerificationError(
      'runtime',
      `the model's input '${input.name}' is ${input.type}, not float32 or float64`,
    );
  return {
    type: input.type,
    dims: input.shape.map((extent) => (typeof extent === 'number' && extent > 0 ? extent : 1)),
  };
}
