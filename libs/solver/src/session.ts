import type { LinearExpression, Model } from '@mipnet/mip';
import type { Rows } from './rows.js';
import type { SolveOptions, SolveResult, SyncSolver } from './solve.js';

/**
 * The LP relaxation of a model, kept open: change something and solve again from the last basis. A series of LPs that
 * differ in the objective, in a few bounds or in added rows is some ten times cheaper this way than one by one.
 */
export interface SolverSession {
  /** The model as it is now, added rows included: what certification needs. */
  readonly model: Model;
  /** Always the relaxation. Duals come with an optimal result. */
  solve(options?: Pick<SolveOptions, 'timeLimit' | 'workLimit' | 'stopped'>): SolveResult;
  /** Minimise the expression from now on. */
  setObjective(expression: LinearExpression): void;
  /** @throws RangeError when lower > upper */
  setColumnBounds(column: number, lower: number, upper: number): void;
  addRows(rows: Rows): void;
  /** Row numbers as they are now; later rows move up. */
  deleteRows(rows: readonly number[]): void;
  close(): void;
}

/** A solver that can keep a model open between solves. */
export interface SessionSolver extends SyncSolver {
  open(model: Model): SolverSession;
}
