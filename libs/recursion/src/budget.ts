import type { Accuracy } from './accuracy.js';
import type { Covers } from './covers.js';
import { relativeGap } from './gap.js';

/**
 * What a run may cost, and what is good enough. A budget ends a run as a stop does: nothing new begins, what there is is
 * merged. Costs are looked at whenever something ended, targets after each round of the root, when its incumbent is whole.
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

/** The first cost of a budget that is used up; null for none. */
export const usedUp = (budget: Budget, spent: Spent): BudgetName | null =>
  (['wall', 'solverSeconds', 'subproblems'] as const).find((name) => spent[name] >= (budget[name] ?? Infinity)) ?? null;

/** What targets are about. */
export interface Result {
  readonly objective: number | null;
  readonly bound: number | null;
  readonly accuracy: Accuracy;
  readonly covers?: Covers;
}

/** The first target of a budget that an incumbent meets; null for none. */
export function targetMet(budget: Budget, { objective, bound, accuracy, covers }: Result): BudgetName | null {
  // After a round that leaves a part of the network undecided (a hidden layer) there is no accuracy, and its objective is
  // another one.
  if (accuracy.train === null) return null;
  // A gap of some parts is none of the whole.
  const gap = covers ? Infinity : (relativeGap(objective, bound) ?? Infinity);
  if (gap <= (budget.gap ?? -Infinity)) return 'gap';
  return (accuracy.validation ?? -Infinity) >= (budget.accuracy ?? Infinity) ? 'accuracy' : null;
}

/**
 * The result of a run that a budget stopped. A met target means that nothing is missing, whatever was still to come; a
 * cost that ran out when everything was done has ended nothing.
 */
export function endedBy<S extends { readonly stopped: boolean }>(
  name: BudgetName,
  solved: S,
): S & { readonly endedBy?: BudgetName } {
  if (name === 'gap' || name === 'accuracy') return { ...solved, endedBy: name, stopped: false };
  return solved.stopped ? { ...solved, endedBy: name } : solved;
}
