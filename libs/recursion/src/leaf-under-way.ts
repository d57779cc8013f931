/** What a leaf says while it is solved, for people who watch. A value that is not known yet is null. */
export interface LeafUnderWay {
  /** As people see it: `pair 4v9`. */
  readonly name: string;
  /** What it does: `relaxation`, `local search`, `branch and cut`; absent while it reads its data. */
  readonly step?: string;
  /** Index of the plan's objective that it minimises now. @default 0 */
  readonly stage?: number;
  /** Of the incumbent so far; not certified yet. */
  readonly objective: number | null;
  readonly bound: number | null;
  /** Search nodes of branch and bound. */
  readonly nodes: number;
  /** In the unit of the solver, such as LP iterations. */
  readonly work: number;
  /** When this attempt at it began, milliseconds since 1970. */
  readonly startedAt: number;
}

/** Progress names at most this many leaves, those that have run longest. */
export const shownUnderWay = 8;

/** The ones that are shown: those that began first. */
export const longestUnderWay = (leaves: Iterable<LeafUnderWay>): LeafUnderWay[] =>
  [...leaves].sort((a, b) => a.startedAt - b.startedAt || (a.name < b.name ? -1 : 1)).slice(0, shownUnderWay);
