/** How many leaves ended in which way. `unresolved`: no certified incumbent or bound. `failed`: every attempt died. */
export interface LeafCounts {
  readonly optimal: number;
  readonly feasible: number;
  readonly unresolved: number;
  readonly failed: number;
  /**
   * How many of the optimal ones rest on branch and cut of the solver, and not on duals or an enumeration that were
   * checked. @default 0
   */
  readonly bySolver?: number;
  /** How many of them were taken from an earlier run, after a check, instead of being solved. @default 0 */
  readonly reused?: number;
  /** How many did not end because of a stop; no other count includes them. @default 0 */
  readonly unfinished?: number;
}

export const noLeaves: LeafCounts = { optimal: 0, feasible: 0, unresolved: 0, failed: 0 };

export const addCounts = (a: LeafCounts, b: LeafCounts): LeafCounts => ({
  optimal: a.optimal + b.optimal,
  feasible: a.feasible + b.feasible,
  unresolved: a.unresolved + b.unresolved,
  failed: a.failed + b.failed,
  ...(a.bySolver || b.bySolver ? { bySolver: (a.bySolver ?? 0) + (b.bySolver ?? 0) } : {}),
  ...(a.reused || b.reused ? { reused: (a.reused ?? 0) + (b.reused ?? 0) } : {}),
  ...(a.unfinished || b.unfinished ? { unfinished: (a.unfinished ?? 0) + (b.unfinished ?? 0) } : {}),
});

/** What people read: `12 proven optimal`, or `12 proven optimal (3 of them by highs alone)`. */
export const optimalText = (
  { optimal, bySolver = 0 }: Pick<LeafCounts, 'optimal' | 'bySolver'>,
  solver: string,
): string => `${optimal} proven optimal${bySolver > 0 ? ` (${bySolver} of them by ${solver} alone)` : ''}`;

/** Leaves that ended, in whatever way. */
export const countLeaves = (counts: LeafCounts): number =>
  counts.optimal + counts.feasible + counts.unresolved + counts.failed;
