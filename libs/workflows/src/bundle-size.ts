import type { ProblemNode, Solved } from '@mipnet/recursion';

// How many leaves travel together. The server takes some 50 ms for an activity, whatever is in it, so that leaves of
// 0.1 s should share one. The size follows from what was measured in this node: only recorded results decide, and
// so a replay decides the same.

/** Solver seconds that a bundle is meant to take: the server's time is then a few percent of it. */
export const bundleSeconds = 2;

/**
 * After so many seconds a worker begins no further leaf of a bundle: its leaves take longer than those before, and
 * other slots may be idle.
 */
export const longestBundleSeconds = 2 * bundleSeconds;

/** Most leaves of a bundle: a result takes about 500 bytes, and this many stay far below a message's 2 MB. */
export const mostInBundle = 100;

/** Most bytes of a bundle's leaves as JSON. Names may be long, and each result repeats one. */
const mostBytes = 256 * 1024;

/** As many activities as slots would leave a slot idle while the server brings it the next one. */
const activitiesPerSlot = 4;

/** Activities of a node before any leaf is measured, or while its leaves are small, if the window allows them. */
export const fewestActivities = 32;

/** The leaves that ended in a node: how long they took, and how many slots they kept busy. */
export class LeafTimes {
  #measured = 0;
  #seconds = 0;
  #begin: number | undefined;

  /** @param now milliseconds since 1970 */
  began(now: number): void {
    this.#begin ??= now;
  }

  ended({ seconds, leaves: { failed, unfinished = 0 } }: Solved): void {
    if (failed + unfinished > 0) return;
    this.#measured++;
    this.#seconds += seconds.solver;
  }

  /** Leaves that ended with a result. */
  get measured(): number {
    return this.#measured;
  }

  /** Seconds; undefined before the first leaf has ended. */
  get mean(): number | undefined {
    return this.#measured === 0 ? undefined : this.#seconds / this.#measured;
  }

  /** Slots that were busy on average, by Little's law. @param now milliseconds since 1970 */
  busySlots(now: number): number {
    const elapsed = (now - (this.#begin ?? now)) / 1000;
    return elapsed > 0 ? this.#seconds / elapsed : 0;
  }
}

/** Leaves of the mean time that a bundle takes; 1: they are not small. */
const fitting = (mean: number): number => Math.max(1, Math.floor(bundleSeconds / Math.max(mean, 1e-3)));

/**
 * How many activities a node may have at once.
 * @param window the most
 * @param waited whether the first leaves have had `bundleSeconds`
 * @param now milliseconds since 1970
 */
export function activitiesAtOnce(
  times: LeafTimes,
  { window, waited, now }: { readonly window: number; readonly waited: boolean; readonly now: number },
): number {
  const few = Math.min(window, fewestActivities);
  if (times.mean === undefined) return waited ? window : few;
  // Leaves that wait outside the queue join later bundles, whose size is measured better. Others only lose time.
  if (fitting(times.mean) === 1) return window;
  return Math.min(window, Math.max(few, Math.ceil(activitiesPerSlot * times.busySlots(now))));
}

/**
 * How many leaves the next activity takes: as many as fit `bundleSeconds`, no more than were measured, and, near the
 * end, a share of the rest, so that all slots end together.
 * @param waiting leaves that no activity has yet
 * @param activities see `activitiesAtOnce`
 */
export function bundleSize(times: LeafTimes, waiting: number, activities: number): number {
  if (times.mean === undefined) return 1;
  const share = Math.ceil(waiting / activities);
  return Math.max(1, Math.min(fitting(times.mean), times.measured, share, mostInBundle));
}

/** How many of these leaves one message may carry: those of one solver, up to a number of bytes. At least one. */
export function carriedTogether(leaves: readonly ProblemNode[]): number {
  let bytes = 0;
  let count = 0;
  for (const leaf of leaves) {
    bytes += JSON.stringify(leaf).length;
    if (count > 0 && (bytes > mostBytes || leaf.solver !== leaves[0].solver)) break;
    count++;
  }
  return count;
}
