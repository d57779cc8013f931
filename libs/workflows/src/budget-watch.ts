// Tested by node-stop.int.test.ts.
import { sleep } from '@temporalio/workflow';
import { endedBy, targetMet, usedUp, type Budget, type BudgetName, type Solved } from '@mipnet/recursion';
import type { Progress } from './messages.js';

export interface BudgetSettings {
  /** Of the whole run, given to its root; or of a part that is a run of its own. */
  readonly budget: Budget | undefined;
  progress(): Progress;
  stopped(): boolean;
  stop(): void;
}

/** Stops a run when its budget is used up or its target is met. */
export class BudgetWatch {
  #endedBy: BudgetName | undefined;

  constructor(private readonly settings: BudgetSettings) {}

  /** Time passes without any event. */
  watchTheClock(): void {
    const { wall } = this.settings.budget ?? {};
    if (wall === undefined) return;
    const left = this.settings.progress().startedAt + wall * 1000 - Date.now();
    sleep(Math.max(1, Math.ceil(left))).then(
      () => this.checkCosts(),
      () => undefined,
    );
  }

  /** How many more leaves may begin, so that no more end than the budget has. */
  leavesLeft(): number {
    const { subproblems } = this.settings.budget ?? {};
    if (subproblems === undefined) return Infinity;
    const { solved, inFlight } = this.settings.progress();
    return Math.max(0, subproblems - solved - inFlight);
  }

  checkCosts(): void {
    const { budget } = this.settings;
    if (!budget) return;
    const { solved, seconds, startedAt, phase } = this.settings.progress();
    // When the last part of the last round has ended, a used-up cost ends nothing early.
    if (phase === 'done') return;
    const wall = (Date.now() - startedAt) / 1000;
    this.#endBy(usedUp(budget, { wall, solverSeconds: seconds.solver, subproblems: solved }));
  }

  /** After a round that others are to follow. */
  checkTarget(merged: Solved): void {
    const { budget } = this.settings;
    if (budget) this.#endBy(targetMet(budget, merged));
  }

  /** The result of the run, with what ended it. */
  ended(solved: Solved): Solved {
    return this.#endedBy ? endedBy(this.#endedBy, solved) : solved;
  }

  #endBy(name: BudgetName | null): void {
    if (name === null || this.settings.stopped()) return;
    this.#endedBy = name;
    this.settings.stop();
  }
}
