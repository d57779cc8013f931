import type { Model } from '@mipnet/mip';
import type { SessionSolver } from './session.js';
import type { SolveOptions, SolveResult } from './solve.js';

/**
 * What a solver can do. What it cannot do it refuses with SolverError 'unsupported'; nothing is left out in silence.
 */
export interface Capabilities {
  /**
   * `exact`: columns that are not integer are taken as they are. `grid`: the solver knows integers only, and a real
   * column becomes a fine grid in a relaxation of the model (integer-relaxation.ts); it needs finite bounds.
   */
  readonly realColumns: 'exact' | 'grid';
  /** Whether it solves LP relaxations. */
  readonly relaxation: boolean;
  /** Whether an optimal LP relaxation comes with duals. */
  readonly duals: boolean;
  /**
   * What comes while it solves: `points` calls onIncumbent, `values` tells objectives and bounds to onProgress only.
   */
  readonly incumbents: 'points' | 'values';
  /** The unit of `workLimit`, for people. Null: it has no limit that stops at the same point in every run. */
  readonly work: string | null;
  /** Whether two solves with the same options and without a time limit give the same point. */
  readonly deterministic: boolean;
  /** Whether it keeps models open between solves, in this thread (`sessions`). */
  readonly sessions: boolean;
}

/** Solves models, here or in a process of its own; several solves may be asked for at once. */
export interface Solver {
  /** With its version, for messages and for keys of kept results. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /**
   * @throws SolverError 'unsupported' for an option or a model that it cannot take, 'crash' if it dies or needs more
   * memory than it may use, 'closed' after close()
   */
  solve(model: Model, options?: SolveOptions): Promise<SolveResult>;
  /** There if `capabilities.sessions`. */
  readonly sessions?: SessionSolver;
  /** Ends its processes; solves under way fail. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Most MB that one process of the solver may use. @default the ceiling of this thread, if it has one */
  readonly memoryMegabytes?: number;
}

/** One kind of solver: all that the rest of mipnet knows about it. */
export interface Dialect {
  /** What it needs and how it is installed, as half a sentence. */
  readonly install: string;
  readonly capabilities: Capabilities;
  /**
   * @param at what stands after the colon of its URL: the path of a program, or nothing
   * @throws SolverError 'missing'
   */
  open(at: string, options: OpenOptions): Promise<Solver>;
}
