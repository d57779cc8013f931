// Tested by ../e2e/plan.e2e.test.ts.
import { NodeSlots } from '@mipnet/activities';
import type { ObjectStore } from '@mipnet/object-store';
import { putNode, type TrainingProblem } from '@mipnet/training';

/** Seconds that a sample may take beyond twice its time before its thread is ended. */
const patienceSeconds = 5;

/** How the seconds of a MIP are known. */
export type Measured = 'measured' | 'the time limit' | 'extrapolated to the work limit' | 'a lower bound';

/**
 * Solves one MIP as a worker would, for a while. If it does not end, the result is its time limit, or the seconds for
 * its work limit at the speed so far. Processor seconds, so that other load does not count.
 */
export async function secondsOf(
  store: ObjectStore,
  problem: TrainingProblem,
  longest: number,
): Promise<{ readonly seconds: number; readonly how: Measured }> {
  const node = await putNode(store, { ...problem, limits: { ...problem.limits, reuse: false } });
  const slot = new NodeSlots(store, 1);
  const stop = new AbortController();
  const began = process.cpuUsage();
  const spent = (): number => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  let work = 0;
  let ended = false;
  const watching = setInterval(() => {
    if (spent() > longest) stop.abort();
    // Writing a large model, and its first relaxation, cannot be interrupted.
    if (spent() > 2 * longest + patienceSeconds) {
      ended = true;
      void slot.close();
    }
  }, 100);
  try {
    const solved = await slot
      .solve(node, { onProgress: (progress) => (work = progress.work), signal: stop.signal })
      .catch((error: unknown) => {
        if (!ended) throw error;
        return undefined;
      });
    // The thread has to load the solver first, which a worker does once.
    const seconds = Math.min(spent(), solved?.seconds.solver ?? Infinity);
    const { timeLimit, workLimit } = problem.limits;
    if (solved && !solved.stopped) return { seconds, how: 'measured' };
    if (timeLimit !== undefined) return { seconds: Math.max(seconds, timeLimit), how: 'the time limit' };
    return workLimit !== undefined && work > 0
      ? { seconds: seconds * Math.max(1, workLimit / work), how: 'extrapolated to the work limit' }
      : { seconds, how: 'a lower bound' };
  } finally {
    clearInterval(watching);
    await slot.close();
  }
}
