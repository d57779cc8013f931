// Tested by runtime-thread.int.test.ts.
import { errorFrom, SolverError } from '@mipnet/solver';
import type { MessagePort } from 'node:worker_threads';
import type { OnnxRuntime } from '../onnx-runtime.js';
import type { RuntimeAnswer, RuntimeRequest } from './runtime-job.js';

interface Asked {
  readonly resolve: (output: Float64Array) => void;
  readonly reject: (error: Error) => void;
}

/** The runtime in another thread, which has one model at a time. */
export class RuntimeBehind implements OnnxRuntime {
  readonly #port: MessagePort;
  /** Inputs without an answer, in the order of the answers. */
  readonly #asked: Asked[] = [];
  #isClosed = false;

  /** @param port of `startRuntimeThread` */
  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (answer: RuntimeAnswer) => {
      const { resolve, reject } = this.#asked.shift()!;
      if (this.#asked.length === 0) port.unref();
      if ('output' in answer) resolve(answer.output);
      else reject(errorFrom(answer.error));
    });
    port.on('close', () => {
      this.#isClosed = true;
      for (const { reject } of this.#asked.splice(0)) reject(ended());
    });
    port.unref();
  }

  /** Opens a model in place of the one before. @returns when it is open; inputs may be run before */
  async open(model: Uint8Array): Promise<void> {
    await this.#ask({ model });
  }

  /** @throws as the open of the model, VerificationError 'runtime', SolverError 'crash' */
  run(input: Float64Array): Promise<Float64Array> {
    // A copy: a part of a larger buffer would take all of it along.
    return this.#ask({ input: Float64Array.from(input) });
  }

  /** The next model takes its place, and the end of the thread. */
  async release(): Promise<void> {}

  #ask(request: RuntimeRequest): Promise<Float64Array> {
    if (this.#isClosed) return Promise.reject(ended());
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      this.#port.ref();
      this.#port.postMessage(request);
    });
  }
}

/** As after the crash of a solver, this thread is not used again. */
const ended = (): SolverError => new SolverError('crash', 'the thread of the ONNX runtime ended');
