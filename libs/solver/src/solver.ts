import { MipnetError, type Blame } from '@mipnet/errors';
import type { Model } from '@mipnet/mip';

/**
 * `optimal`: incumbent and bound agree within the gap asked for. `feasible`: an incumbent, stopped by a limit.
 * `infeasible`, `unbounded`: proven by the solver. `unresolved`: no incumbent and no proof.
 */
export type SolveStatus = 'optimal' | 'feasible' | 'infeasible' | 'unbounded' | 'unresolved';

export interface SolveOptions {
  /** Wall-clock seconds. Results may differ from run to run. */
  readonly timeLimit?: number;
  /** LP iterations. Stops at the same point in every run. */
  readonly workLimit?: number;
  /** @default 0 */
  readonly seed?: number;
  /** MIP start: one value for each column. */
  readonly start?: Float64Array;
  /** Stop when (incumbent - bound) <= gap * |incumbent|. @default 0 */
  readonly gap?: number;
  /** Solve the LP relaxation. @default false */
  readonly relaxation?: boolean;
  /** @default true */
  readonly presolve?: boolean;
  /** A solver option by its own name, for experiments; never needed for a right answer. */
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
  /** Called inside the solve with every better incumbent. */
  readonly onIncumbent?: (incumbent: {
    readonly x: Float64Array;
    readonly objective: number;
    readonly bound: number;
  }) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  /** Asked now and then inside the solve; true ends it with the incumbent. */
  readonly stopped?: () => boolean;
}

export interface SolveProgress {
  readonly objective: number | null;
  readonly bound: number | null;
  readonly nodes: number;
  /** LP iterations so far. */
  readonly work: number;
}

/** An answer as the solver gives it: to be certified by whoever knows what the model means. */
export interface SolveResult {
  readonly status: SolveStatus;
  readonly x?: Float64Array;
  readonly objective: number | null;
  /** Lower bound on the optimum; null when there is none. */
  readonly bound: number | null;
  readonly nodes: number;
  /** LP iterations. */
  readonly work: number;
  readonly seconds: number;
  /** Row duals (only of an LP solved to optimality): one for each row, of the sign that a minimisation gives. */
  readonly duals?: Float64Array;
  readonly columnDuals?: Float64Array;
  /** True when `stopped` ended it. */
  readonly interrupted: boolean;
}

/** Solves models in the calling thread; a solve blocks. */
export interface Solver {
  readonly name: string;
  solve(model: Model, options?: SolveOptions): SolveResult;
}

/**
 * crash: the solver or its thread died; the model may be solved elsewhere. closed: asked after its end. deaf: asked to stop,
 * it did not, and its thread was ended.
 */
export type SolverErrorCode = 'crash' | 'closed' | 'deaf';

const blames = { crash: 'environment', closed: 'program', deaf: 'environment' } as const satisfies Record<
  SolverErrorCode,
  Blame
>;

export class SolverError extends MipnetError<SolverErrorCode> {
  override readonly name = 'SolverError';
  constructor(code: SolverErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
