import type { Accuracy } from './accuracy.js';
import type { Covers } from './covers.js';
import { relativeGap } from './gap.js';

/**
 * What a run may cost, and the targets at which it ends. A budget ends a run like a stop: no new leaf begins, and the
 * results so far are merged. Costs are checked whenever a leaf ends, targets after each round of the root, when its
 * incumbent is complete.
 */
export interface Budget {
  /** Seconds from the run's beginning, pauses included. */
  readonly wall?: number;
  /** Seconds of all solvers together. */
  readonly solverSeconds?: number;
  /** Leaves that have ended. */
  readonly subproblems?: number;
  /** Target: relative gap of the incumbent, at most. */
  readonly gap?: number;
  /** Target: accuracy on the validation rows, at least. */
  readonly accuracy?: number;
}

export type BudgetName = keyof Budget;

export interface Spent {
  readonly wall: number;
  readonly solverSeconds: number;
  readonly subproblems: number;
}

/** The first cost of a budget that is used up; null if there is none. */
export const usedUp = (budget: Budget, spent: Spent): BudgetName | null =>
  (['wall', 'solverSeconds', 'subproblems'] as const).find((name) => spent[name] >= (budget[name] ?? Infinity)) ?? null;

/** What targets are about. */
export interface Result {
  readonly objective: number | null;
  readonly bound: number | null;
  readonly accuracy: Accuracy;
  readonly covers?: Covers;
}

/** The first target of a budget that an incumbent meets; null if there is none. */
export function targetMet(budget: Budget, { objective, bound, accuracy, covers }: Result): BudgetName | null {
  // After a round that leaves a part of the network (a hidden layer) untrained there is no accuracy, and the objective
  // is that of another problem.
  if (accuracy.train === null) return null;
  // A gap of some parts is none of the whole.
  const gap = covers ? Infinity : (relativeGap(objective, bound) ?? Infinity);
  if (gap <= (budget.gap ?? -Infinity)) return 'gap';
  return (accuracy.validation ?? -Infinity) >= (budget.accuracy ?? Infinity) ? 'accuracy' : null;
}

/**
 * The result of a run with a budget. A run that met its target is complete, even if rounds remained. If a cost was used
 * up only after all work was done, the budget did not end the run.
 */
export function endedBy<S extends { readonly stopped: boolean }>(
  name: BudgetName,
  solved: S,
): S & { readonly endedBy?: BudgetName } {
  if (name === 'gap' || name === 'accuracy') return { ...solved, endedBy: name, stopped: false };
  return solved.stopped ? { ...solved, endedBy: name } : solved;
}
