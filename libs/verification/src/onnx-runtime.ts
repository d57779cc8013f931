import { compileLazily } from '@mipnet/solver';
import type { InferenceSession } from 'onnxruntime-web';
import { VerificationError } from './verification-error.js';

/** A model in the ONNX runtime: an implementation that shares no code with mipnet. */
export interface OnnxRuntime {
  /** Outputs for one input, which is rounded to the model's type. */
  run(input: Float64Array): Promise<Float64Array>;
  release(): Promise<void>;
}

/** The same, for many inputs at once. */
export interface BatchRuntime extends OnnxRuntime {
  /** What the model's inputs are made of. */
  readonly type: 'float32' | 'float64';
  /**
   * Outputs (count x outputs, row-major) of `count` inputs that lie one after the other. One call of the runtime if the
   * model's batch is open, otherwise one call per input.
   */
  runBatch(inputs: Float32Array | Float64Array, count: number): Promise<Float32Array | Float64Array>;
}

/**
 * Opens a model of one input and one output in WebAssembly, on one thread: the CPU execution provider with its default
 * options, which merge layers where they can. The runtime is loaded at the first call, which decides the threads.
 * @param options `threads`: as many as the runtime takes by itself (up to 4), instead of one
 * @throws VerificationError 'model' if it refuses the model, 'runtime' if it fails on an input
 */
export async function openOnnxRuntime(
  bytes: Uint8Array,
  options: { readonly threads?: 'default' } = {},
): Promise<BatchRuntime> {
  try {
    compileLazily();
    const runtime = await import('onnxruntime-web');
    // 0: the runtime decides.
    runtime.env.wasm.numThreads = options.threads === 'default' ? 0 : 1;
    runtime.env.logLevel = 'error';
    const session = await runtime.InferenceSession.create(bytes);
    const { type, dims, isOpen } = inputOf(session);
    // A session takes one input at a time; further calls wait.
    let before: Promise<unknown> = Promise.resolve();
    const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
      const next = before.then(work, work);
      before = next;
      return next;
    };
    const runOnce = async (inputs: Numbers, shape: readonly number[]): Promise<Numbers> => {
      try {
        const tensor =
          type === 'float32'
            ? new runtime.Tensor('float32', inputs instanceof Float32Array ? inputs : Float32Array.from(inputs), shape)
            : new runtime.Tensor('float64', inputs instanceof Float64Array ? inputs : Float64Array.from(inputs), shape);
        const results = await session.run({ [session.inputNames[0]]: tensor });
        return results[session.outputNames[0]].data as Numbers;
      } catch (cause) {
        throw new VerificationError(
          'runtime',
          `the ONNX runtime failed on an input of ${inputs.length} numbers: ${(cause as Error).message}`,
          { cause },
        );
      }
    };
    return {
      type,
      run: (input) => inTurn(async () => Float64Array.from(await runOnce(input, dims))),
      runBatch: (inputs, count) =>
        inTurn(async () => {
          if (count === 0) return type === 'float32' ? new Float32Array(0) : new Float64Array(0);
          if (isOpen) return runOnce(inputs, [count, ...dims.slice(1)]);
          const size = inputs.length / count;
          const parts: Numbers[] = [];
          for (let row = 0; row < count; row++)
            parts.push(await runOnce(inputs.slice(row * size, (row + 1) * size), dims));
          return joined(parts);
        }),
      release: () => inTurn(() => session.release()),
    };
  } catch (cause) {
    if (cause instanceof VerificationError) throw cause;
    throw new VerificationError(
      'model',
      `the ONNX runtime does not open the model: ${(cause as Error).message}; export it again`,
      { cause },
    );
  }
}

type Numbers = Float32Array | Float64Array;

function joined(parts: readonly Numbers[]): Numbers {
  const width = parts[0].length;
  const length = width * parts.length;
  const whole = parts[0] instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  parts.forEach((part, row) => whole.set(part, row * width));
  return whole;
}

/**
 * The type and the shape of one input; an extent that is not fixed is the batch, which is one here. `isOpen`: the first
 * extent is not fixed, so that many inputs may be given at once.
 */
function inputOf(session: InferenceSession): {
  readonly type: 'float32' | 'float64';
  readonly dims: number[];
  readonly isOpen: boolean;
} {
  const [input, ...others] = session.inputMetadata;
  if (input === undefined || others.length > 0 || !input.isTensor) {
    throw new VerificationError(
      'model',
      `a model of one input is needed, not of ${session.inputNames.length} (${session.inputNames.join(', ')})`,
    );
  }
  if (input.type !== 'float32' && input.type !== 'float64')
    throw new VerificationError('model', `the model's input '${input.name}' is ${input.type}, not float32 or float64`);
  return {
    type: input.type,
    dims: input.shape.map((extent) => (isFixed(extent) ? extent : 1)),
    isOpen: input.shape.length > 1 && !isFixed(input.shape[0]),
  };
}

/** The runtime gives an open extent as its name, or as -1 in 32 bits without a sign if it has none. */
export const isFixed = (extent: number | string | undefined): extent is number =>
  typeof extent === 'number' && extent > 0 && extent < 2 ** 31;
