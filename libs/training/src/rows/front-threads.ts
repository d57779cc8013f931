// Tested by materialize.int.test.ts.
import type { Features, Samples } from '@mipnet/dataset';
import { SlotPool } from '@mipnet/solver';
import type { FrontRunner, FrontTask } from './front-runner.js';

/** A front that computes several chunks of rows at once. */
export interface FrontThreads {
  readonly threads: number;
  through(samples: Samples): Promise<Features>;
  close(): Promise<void>;
}

/** @param run the front in this thread, which does the work if `threads` is at most 1 */
export function openFrontThreads(task: FrontTask, run: FrontRunner, threads: number): FrontThreads {
  if (threads <= 1)
    return { threads: 1, through: async (samples) => run.through(samples), close: async () => undefined };
  const pool = new SlotPool({ job: new URL('./front-job.js', import.meta.url), slots: threads, data: task });
  return { threads, through: (samples) => pool.run<Samples, Features>(samples), close: () => pool.close() };
}
