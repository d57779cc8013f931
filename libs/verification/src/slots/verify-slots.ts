import { SlotPool } from '@mipnet/solver';
import type { Verdict } from '../verdict.js';
import type { VerifyJobData, VerifyJobPost, VerifyTask } from './verify-job.js';

export interface VerifyHooks {
  readonly onProgress?: (progress: VerifyJobPost) => void;
  /** Aborted: the verdict is what is known by then. */
  readonly signal?: AbortSignal;
}

/** Verifies one network in solver threads, one query a thread. */
export class VerifySlots {
  readonly #pool: SlotPool;

  /** @param model the network's ONNX file  @param slots queries under way at once; the number of cores is right */
  constructor(model: Uint8Array, slots: number) {
    this.#pool = new SlotPool({
      job: new URL('./verify-job.js', import.meta.url),
      slots,
      data: { model } satisfies VerifyJobData,
    });
  }

  /** @throws as `verifyQuery`; SolverError 'crash' when the thread died, which costs this query alone */
  verify(task: VerifyTask, { onProgress, signal }: VerifyHooks = {}): Promise<Verdict> {
    return this.#pool.run<VerifyTask, Verdict>(task, { onPost: onProgress, signal });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
