// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { usedUp, type Budget, type BudgetName, type Solved } from '@mipnet/recursion';

/** What a run has spent of its budget. Its signal is the run's stop: the caller's, or the budget's. */
export class Spending {
  readonly #began = performance.now();
  readonly #empty = new AbortController();
  readonly signal: AbortSignal;
  #solverSeconds = 0;
  #subproblems = 0;
  endedBy: BudgetName | undefined;

  constructor(
    readonly budget: Budget,
    given: AbortSignal,
  ) {
    this.signal = AbortSignal.any([given, this.#empty.signal]);
  }

  paid(leaf: Solved): Solved {
    this.#solverSeconds += leaf.seconds.solver;
    this.#subproblems++;
    this.check();
    return leaf;
  }

  check(): void {
    this.endBy(
      usedUp(this.budget, {
        wall: (performance.now() - this.#began) / 1000,
        solverSeconds: this.#solverSeconds,
        subproblems: this.#subproblems,
      }),
    );
  }

  endBy(name: BudgetName | null): void {
    if (name === null || this.signal.aborted) return;
    this.endedBy = name;
    this.#empty.abort();
  }
}
