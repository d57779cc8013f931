import type { Model } from '@mipnet/mip';
import type { SessionSolver } from './session.js';
import type { SolveOptions, SolveResult } from './solve.js';

/** What a solver can do. It refuses everything else with SolverError 'unsupported'; it ignores nothing silently. */
export interface Capabilities {
  /**
   * `exact`: columns that are not integer are taken as they are. `grid`: the solver has integers only, and a real
   * column becomes a fine grid in a relaxation of the model (integer-relaxation.ts); it needs finite bounds.
   */
  readonly realColumns: 'exact' | 'grid';
  /** Whether it solves LP relaxations. */
  readonly relaxation: boolean;
  /** Whether an optimal LP relaxation comes with duals. */
  readonly duals: boolean;
  /**
   * Progress during a solve: `points` calls onIncumbent, `values` passes objectives and bounds to onProgress only.
   */
  readonly incumbents: 'points' | 'values';
  /** The unit of `workLimit`, for people. Null: it has no limit that stops at the same point in every run. */
  readonly work: string | null;
  /** Whether two solves with the same options and without a time limit give the same point. */
  readonly deterministic: boolean;
  /** Whether it can keep models between solves, in this thread (`sessions`). */
  readonly sessions: boolean;
}

/** Solves models, here or in a process of its own; several solves may be asked for at once. */
export interface Solver {
  /** With its version, for messages and for keys of kept results. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /**
   * @throws SolverError 'unsupported' for an option or a model that it cannot take, 'crash' if it dies or needs more
   *   memory than it may use, 'closed' after close()
   */
  solve(model: Model, options?: SolveOptions): Promise<SolveResult>;
  /** What keeps models open in this thread, loaded at the first call; there if `capabilities.sessions`. */
  readonly sessions?: () => Promise<SessionSolver>;
  /** Ends its processes; solves under way fail. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Most MB that one process of the solver may use. @default the ceiling of this thread, if it has one */
  readonly memoryMegabytes?: number;
}

/** One solver, as the rest of mipnet sees it. */
export interface Dialect {
  /** Its requirements and how to install it, as half a sentence. */
  readonly install: string;
  readonly capabilities: Capabilities;
  /**
   * @param at the part after the colon of its URL: the path of a program, or empty
   * @throws SolverError 'missing'
   */
  open(at: string, options: OpenOptions): Promise<Solver>;
}
