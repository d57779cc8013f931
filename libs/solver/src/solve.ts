import { MipnetError, type Blame } from '@mipnet/errors';
import type { Model } from '@mipnet/mip';

/**
 * `optimal`: incumbent and bound agree within the requested gap. `feasible`: an incumbent, stopped by a limit.
 * `infeasible`, `unbounded`: proven by the solver. `cutoff`: proven that no point is better than the cutoff.
 * `unresolved`: no incumbent and no proof.
 */
export type SolveStatus = 'optimal' | 'feasible' | 'infeasible' | 'unbounded' | 'cutoff' | 'unresolved';

export interface SolveOptions {
  /** Wall-clock seconds. Results may differ from run to run. */
  readonly timeLimit?: number;
  /**
   * In the unit of the solver (`capabilities.work`): stops at the same point in every run. A solver without a unit
   * refuses it.
   */
  readonly workLimit?: number;
  /** @default 0 */
  readonly seed?: number;
  /** MIP start: one value for each column. */
  readonly start?: Float64Array;
  /** Stop when (incumbent - bound) <= gap * |incumbent|. @default 0 */
  readonly gap?: number;
  /** Only points with an objective below it count. */
  readonly cutoff?: number;
  /** Solve the LP relaxation. @default false */
  readonly relaxation?: boolean;
  /** @default true */
  readonly presolve?: boolean;
  /** Called inside the solve with every better incumbent, if the solver gives points as they come. */
  readonly onIncumbent?: (incumbent: {
    readonly x: Float64Array;
    readonly objective: number;
    readonly bound: number;
  }) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  /** Called now and then inside the solve; true ends it with the incumbent. */
  readonly stopped?: () => boolean;
  /** Aborted: ends the solve with the incumbent. A solve that blocks the thread sees only what a callback aborts. */
  readonly signal?: AbortSignal;
}

/** Whether a stop of the solve was requested. */
export const isStopped = ({ stopped, signal }: Pick<SolveOptions, 'stopped' | 'signal'>): boolean =>
  signal?.aborted === true || (stopped?.() ?? false);

export interface SolveProgress {
  /** What the solve does, if its caller says: `relaxation`, `local search`, `branch and cut`. */
  readonly step?: string;
  /** The same: index of the objective in a list of them. */
  readonly stage?: number;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly nodes: number;
  /** So far, in the unit of the solver; 0 if it has none. */
  readonly work: number;
}

/** An answer as the solver gives it: the caller, who knows the meaning of the model, must certify it. */
export interface SolveResult {
  readonly status: SolveStatus;
  readonly x?: Float64Array;
  readonly objective: number | null;
  /** Lower bound on the optimum; null if there is none. */
  readonly bound: number | null;
  readonly nodes: number;
  /** In the unit of the solver; 0 if it has none. */
  readonly work: number;
  readonly seconds: number;
  /** Row duals (only of an LP solved to optimality): one per row, with the sign for a minimisation. */
  readonly duals?: Float64Array;
  readonly columnDuals?: Float64Array;
  /** True if `stopped` or `signal` ended it. */
  readonly interrupted: boolean;
}

/** Solves models in the calling thread; a solve blocks. */
export interface SyncSolver {
  readonly name: string;
  solve(model: Model, options?: SolveOptions): SolveResult;
}

/**
 * crash: the solver, its thread or its process died; the model may be solved elsewhere. closed: asked after its end.
 * deaf: asked to stop, it did not, and its thread was ended. unknown: no solver has this name. missing: it is not
 * installed here. unsupported: it does not support the request or the model.
 */
export type SolverErrorCode = 'crash' | 'closed' | 'deaf' | 'unknown' | 'missing' | 'unsupported';

const blames = {
  crash: 'environment',
  closed: 'program',
  deaf: 'environment',
  unknown: 'input',
  missing: 'input',
  unsupported: 'input',
} as const satisfies Record<SolverErrorCode, Blame>;

export class SolverError extends MipnetError<SolverErrorCode> {
  override readonly name = 'SolverError';
  constructor(code: SolverErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
