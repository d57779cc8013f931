import type { LinearExpression, Model } from '@mipnet/mip';
import type { Rows } from './rows.js';
import type { SolveOptions, SolveResult, SyncSolver } from './solve.js';

/** Status of every column and row of an LP: 0 at its lower end, 1 basic, 2 at its upper end, 3 free at zero. */
export interface Basis {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

/**
 * The LP relaxation of a model, kept in the solver: change it and solve again from the last basis. A series of LPs that
 * differ in the objective, in a few bounds or in added rows is about ten times cheaper in this way than with separate
 * solves.
 */
export interface SolverSession {
  /** The present model, added rows included; certification needs it. */
  readonly model: Model;
  /** Always the relaxation. Duals come with an optimal result. */
  solve(options?: Pick<SolveOptions, 'timeLimit' | 'workLimit' | 'stopped'>): SolveResult;
  /** Minimise the expression from now on. */
  setObjective(expression: LinearExpression): void;
  /** @throws RangeError when lower > upper */
  setColumnBounds(column: number, lower: number, upper: number): void;
  addRows(rows: Rows): void;
  /** The basis of the last solve. */
  basis(): Basis;
  /** The next solve starts from it; one that is no basis of the model is repaired. */
  setBasis(basis: Basis): void;
  /** Present row numbers; later rows move up. */
  deleteRows(rows: readonly number[]): void;
  close(): void;
}

/** A solver that can keep a model between solves. */
export interface SessionSolver extends SyncSolver {
  open(model: Model): SolverSession;
}
