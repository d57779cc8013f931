import type { Priority } from '@temporalio/common';

/** Dynamic settings without which a Temporal server 1.29 takes priorities and fairness keys, and ignores them. */
export const prioritySettings = ['matching.useNewMatcher=true', 'matching.enableFairness=true'] as const;

/** Most bytes of a fairness key. */
const keyBytes = 64;

/**
 * How a run shares its workers with other runs; given when the run's workflow is started, and inherited by everything
 * below it. Leaves of a run with a smaller key go first; runs with the same key take turns.
 * @param priorityKey 1 (first) to 5 (last) on a server with its default settings; undefined is the middle, 3
 */
export function runPriority(run: string, priorityKey?: number): Priority {
  const bytes = new TextEncoder().encode(run);
  // The end of a run's id is what differs from those of the same plan. A letter of several bytes may lose its first
  // ones.
  const fairnessKey =
    bytes.length <= keyBytes ? run : new TextDecoder().decode(bytes.slice(-keyBytes)).replace(/\uFFFD/g, '');
  return { fairnessKey, ...(priorityKey === undefined ? {} : { priorityKey }) };
}
