// Tested by node-failures.int.test.ts.
import { sleep, type CancellationScope } from '@temporalio/workflow';
import { classifyLeafFailure, type LeafFailure } from './leaf-failure.js';
import { StoreState, StoreTries } from './store-tries.js';

type StoreFailure = Extract<LeafFailure, { kind: 'store' }>;

/** How a node's work waits for the object store, and for how long. */
export class StoreWaits {
  readonly #state = new StoreState();

  /**
   * @param work what a stop cancels: it ends a wait
   * @param onTrouble is called with each failure
   */
  constructor(
    private readonly work: CancellationScope,
    private readonly onTrouble: (failure: StoreFailure) => void,
  ) {}

  /** For the failures of one piece of work. */
  tries(): StoreTries {
    return new StoreTries(this.#state);
  }

  succeeded(): void {
    this.#state.succeeded();
  }

  /** Repeats an activity while only the object store prevents it, within the limits of `store-tries.ts`. */
  async whileItFails<T>(activity: () => Promise<T>): Promise<T> {
    const tries = this.tries();
    for (;;) {
      try {
        return await activity();
      } catch (error) {
        const failure = classifyLeafFailure(error);
        if (failure.kind !== 'store') throw error;
        await this.after(error, failure, tries);
      }
    }
  }

  /** Waits until the next try. @throws the error when there is none: the run fails with it */
  async after(error: unknown, failure: StoreFailure, tries: StoreTries): Promise<void> {
    const seconds = tries.after(failure, Date.now());
    if (seconds === undefined) throw error;
    this.onTrouble(failure);
    await this.work.run(() => sleep(seconds * 1000)).catch(() => undefined);
  }
}
