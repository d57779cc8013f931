import { usedUp, type Budget, type BudgetName, type Solved } from '@mipnet/recursion';

/**
 * The budget of a leaf that is a run of its own: a part of a sweep whose plan has no splits. Its time begins when a
 * solver takes it; the wait for a slot does not count.
 */
export class LeafBudget {
  readonly #began: number;
  #ended: BudgetName | null = null;

  /** @param now seconds */
  constructor(
    private readonly budget: Budget | undefined,
    private readonly now: () => number,
  ) {
    this.#began = now();
  }

  /** Whether its time is used up; the solver then returns its incumbent, as after a stop. */
  isUsedUp(): boolean {
    if (this.budget === undefined) return false;
    const seconds = this.now() - this.#began;
    this.#ended ??= usedUp(this.budget, { wall: seconds, solverSeconds: seconds, subproblems: 0 });
    return this.#ended !== null;
  }

  /** The result, with what ended it: a solve that was stopped by its budget has run to its end. */
  ended(solved: Solved): Solved {
    return solved.stopped && this.#ended !== null ? { ...solved, endedBy: this.#ended } : solved;
  }
}
