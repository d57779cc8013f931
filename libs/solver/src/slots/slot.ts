import { Worker } from 'node:worker_threads';
import { SolverError } from '../solve.js';
import type { JobMessage, JobRequest, SlotData } from './messages.js';
import { errorFrom } from './portable-error.js';
import type { RunOptions, SlotPoolOptions } from './slot-options.js';

/** One thread and its stop flag. */
export class Slot {
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  /** Whether it must not get another job: its thread has ended, or the solver in it has crashed. */
  dead = false;

  constructor({ job, data, memoryMegabytes }: SlotPoolOptions) {
    const workerData: SlotData = { stopFlag: this.#flag.buffer as SharedArrayBuffer, data, memoryMegabytes };
    this.#worker = new Worker(job, {
      workerData,
      ...(memoryMegabytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes } }),
    });
    this.#worker.once('exit', () => (this.dead = true));
    // Between two jobs nobody waits for the thread; it must not keep the process alive.
    this.#worker.on('error', () => (this.dead = true));
    this.#worker.unref();
  }

  run(input: unknown, { onPost, signal, graceSeconds }: RunOptions): Promise<unknown> {
    Atomics.store(this.#flag, 0, 0);
    let patience: NodeJS.Timeout | undefined;
    this.#worker.ref();
    return new Promise<unknown>((resolve, reject) => {
      const stop = (): void => {
        Atomics.store(this.#flag, 0, 1);
        if (graceSeconds !== undefined)
          patience = setTimeout(() => leave(() => reject(this.#deaf(graceSeconds))), graceSeconds * 1000);
      };
      const onMessage = (message: JobMessage): void => {
        if (message.kind === 'posted') onPost?.(message.value as never);
        else if (message.kind === 'result') leave(() => resolve(message.value));
        else leave(() => reject(this.#failed(message)));
      };
      const onError = (cause: Error): void =>
        leave(() => reject(new SolverError('crash', `a solver thread died: ${cause.message}`, { cause })));
      const onExit = (code: number): void =>
        leave(() => reject(new SolverError('crash', `a solver thread ended with code ${code} in mid-solve`)));
      const leave = (settle: () => void): void => {
        this.#worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        signal?.removeEventListener('abort', stop);
        clearTimeout(patience);
        this.#worker.unref();
        settle();
      };
      this.#worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop);
      try {
        this.#worker.postMessage({ input } satisfies JobRequest);
      } catch (cause) {
        leave(() => reject(cause));
      }
    });
  }

  /** A solver that has crashed may answer anything from then on: its thread is not used again. */
  #failed(message: Extract<JobMessage, { kind: 'error' }>): Error {
    const error = errorFrom(message.error);
    if ((error as { code?: string }).code === 'crash') {
      this.dead = true;
      void this.#worker.terminate();
    }
    return error;
  }

  #deaf(seconds: number): SolverError {
    this.dead = true;
    void this.#worker.terminate();
    return new SolverError(
      'deaf',
      `a solver thread was asked to stop and did not within ${seconds} s, so it was ended`,
    );
  }

  async end(): Promise<void> {
    this.dead = true;
    Atomics.store(this.#flag, 0, 1);
    await this.#worker.terminate();
  }
}
