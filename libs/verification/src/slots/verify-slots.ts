import { SlotPool } from '@mipnet/solver';
import type { Verdict } from '../verdict.js';
import type { VerifyJobData, VerifyJobPost, VerifyTask } from './verify-job.js';

export interface VerifyHooks {
  readonly onProgress?: (progress: VerifyJobPost) => void;
  /** If aborted, the verdict is the best one so far. */
  readonly signal?: AbortSignal;
}

/** Verifies one network in solver threads, one query per thread. */
export class VerifySlots {
  readonly #pool: SlotPool;

  /** @param model the network's ONNX file  @param slots queries in progress at once; use the number of cores */
  constructor(model: Uint8Array, slots: number) {
    this.#pool = new SlotPool({
      job: new URL('./verify-job.js', import.meta.url),
      slots,
      data: { model } satisfies VerifyJobData,
    });
  }

  /** @throws as `verifyQuery`; SolverError 'crash' if the thread died, which affects this query alone */
  verify(task: VerifyTask, { onProgress, signal }: VerifyHooks = {}): Promise<Verdict> {
    return this.#pool.run<VerifyTask, Verdict>(task, { onPost: onProgress, signal });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
