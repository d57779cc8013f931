// Tested by train-page.unit.test.ts.
/** A round of the root, or of a single MIP the end of it. */
export interface RoundPoint {
  /** From 0. */
  readonly round: number;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly train: number | null;
  readonly validation: number | null;
  /** When it ended, seconds since the run began; null if no MIP of it noted a time. */
  readonly seconds: number | null;
}

/** What a solver knew at a moment of a solve. */
export interface CoursePoint {
  /** Since the solve began. */
  readonly seconds: number;
  readonly objective: number | null;
  readonly bound: number | null;
}

/** One node below the root of a run, or the root itself if it is one MIP. */
export interface SubproblemRow {
  /** 0 directly below the root. */
  readonly depth: number;
  readonly name: string;
  /** optimal, optimal (by highs alone), feasible, unresolved, failed; of a divided node, how many of each. */
  readonly status: string;
  readonly objective: number | null;
  readonly bound: number | null;
  /** Of solvers. */
  readonly seconds: number;
  /** Where and when it was solved, in seconds since the run began; absent for a divided node and for kept results. */
  readonly solve?: { readonly slot: string; readonly from: number; readonly to: number };
  /** Incumbent and bound while it was solved; absent if nobody noted them. */
  readonly course?: readonly CoursePoint[];
}

/** A test sample that the network classifies wrongly. */
export interface Mistake {
  /** Its row in the test table. */
  readonly row: number;
  readonly known: string;
  readonly said: string;
  /** Score of the known class minus the best other score: below zero. */
  readonly margin: number;
  /** Numbers 0..1 of an image. */
  readonly pixels?: Float64Array;
}
