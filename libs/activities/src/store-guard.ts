import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { readStoreId, type ObjectStore, type StoreIdentity } from '@mipnet/object-store';
import { failureTypes, storeFailures } from '@mipnet/workflows';
import { toActivityFailure } from './activity-failure.js';

/** As Temporal names this process: in the UI, and in the messages of failures. */
const workerName = `${process.pid}@${hostname()}`;

/** Most that a worker waits before it answers that it may not use its store, or has another one, seconds. */
const longestHold = 60;

/** The same when an object is missing or damaged, or the store is full: then it is probably not this worker's fault. */
const longestHoldOfOthers = 2;
const faultsOfOthers: readonly unknown[] = ['missing', 'damaged', 'unwritable'];

/**
 * Stands between tasks and the object store of a worker. A task of a run that has another store is refused. A worker that
 * cannot use its store would fail every task at once, and so take most of them from workers that can: after such a
 * failure it waits before it answers, twice as long each time, until a task succeeds.
 */
export class StoreGuard {
  readonly #store: ObjectStore;
  readonly #accepted = new Set<string>();
  readonly #secondsPerFailure: number;
  #failures = 0;

  /** @param secondsPerFailure how long the first answer is held back; for tests. @default 1 */
  constructor(store: ObjectStore, secondsPerFailure = 1) {
    this.#store = store;
    this.#secondsPerFailure = secondsPerFailure;
  }

  /**
   * Runs the work of a task. For an activity: it must heartbeat meanwhile.
   * @param wanted the store of the run; undefined for a run that an older version started
   * @throws ApplicationFailure of type Store that names this worker, or what `toActivityFailure` makes of an error
   */
  async run<T>(wanted: StoreIdentity | undefined, work: () => Promise<T>): Promise<T> {
    try {
      await this.#refuseOthers(wanted);
      const result = await work();
      this.#failures = 0;
      return result;
    } catch (error) {
      const failure = toActivityFailure(error, workerName);
      if (failure instanceof ApplicationFailure && failure.type === failureTypes.store) await this.#holdBack(failure.details?.[0]);
      throw failure;
    }
  }

  async #refuseOthers(wanted: StoreIdentity | undefined): Promise<void> {
    if (wanted === undefined || this.#accepted.has(wanted.id)) return;
    const own = await readStoreId(this.#store);
    if (own === wanted.id) {
      this.#accepted.add(own);
      return;
    }
    const which = own === undefined ? 'which no run has used' : `id ${own}`;
    const same = this.#store.url === wanted.url ? ', which has the same URL and is elsewhere' : '';
    const message = `worker ${workerName} has the object store ${this.#store.url} (${which}) and takes no work of a run in ${wanted.url} (id ${wanted.id}${same}); start it with the store of the run (MIPNET_STORE)`;
    throw ApplicationFailure.create({ message, type: failureTypes.store, nonRetryable: true, details: [storeFailures.otherStore] });
  }

  async #holdBack(why: unknown): Promise<void> {
    // It has waited for its store already.
    if (why === 'unavailable') return;
    const longest = faultsOfOthers.includes(why) ? longestHoldOfOthers : longestHold;
    const seconds = Math.min(longest, this.#secondsPerFailure * 2 ** this.#failures++);
    const { cancellationSignal } = Context.current();
    await pause(seconds * 1000, undefined, { signal: cancellationSignal }).catch(() => undefined);
  }
}
