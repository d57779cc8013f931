import { SlotPool } from '@mipnet/solver';
import type { MeasurePost, MeasureTask } from './measure-job.js';

/** Measures instances in solver threads, one question with one kind of bounds a thread. */
export class MeasureSlots {
  readonly #pool: SlotPool;

  /** @param slots tasks under way at once; more than the cores of the machine would measure the waiting, too */
  constructor(slots: number) {
    this.#pool = new SlotPool({ job: new URL('./measure-job.js', import.meta.url), slots });
  }

  /**
   * @param onMeasured called with every formulation as soon as it is measured
   * @param signal aborted: what is under way is given up, what was measured stays
   * @throws SolverError 'crash' when the thread died
   */
  measure(task: MeasureTask, onMeasured: (post: MeasurePost) => void, signal: AbortSignal): Promise<void> {
    return this.#pool.run<MeasureTask, void>(task, { onPost: onMeasured, signal });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
