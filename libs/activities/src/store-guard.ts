import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { readStoreId, type ObjectStore, type StoreIdentity } from '@mipnet/object-store';
import { failureTypes, storeFailures } from '@mipnet/workflows';
import { toActivityFailure } from './activity-failure.js';

/** As Temporal names this process: in the UI, and in the messages of failures. */
const workerName = `${process.pid}@${hostname()}`;

/** Most that a worker rests after it could not use its store through a fault of its own, seconds. */
const longestRest = 300;

/** The worker has another store than the run, or no rights: other workers can do the work. */
const ownFaults: readonly unknown[] = [storeFailures.otherStore, 'refused'];

/** Most that an answer is held back when an object is missing or damaged or the store is full, seconds. */
const longestHold = 2;

/** Ends after some seconds, or when the signal is aborted. */
export type Rest = (seconds: number, signal: AbortSignal) => Promise<void>;

const byTheClock: Rest = (seconds, signal) => pause(seconds * 1000, undefined, { signal }).catch(() => undefined);

/**
 * Stands between tasks and the object store of a worker. A task of a run that has another store is refused. A worker
 * that cannot use its store would fail every task at once, and so take most of them from workers that can. So after it
 * has handed such a task back, at once, it keeps the task's slot busy for a while: twice as long each time, from a
 * second to five minutes, until a task succeeds.
 */
export class StoreGuard {
  readonly #store: ObjectStore;
  readonly #accepted = new Set<string>();
  readonly #rest: Rest;
  readonly #leaving = new AbortController();
  #failures = 0;

  /** @param rest @default by the clock */
  constructor(store: ObjectStore, rest: Rest = byTheClock) {
    this.#store = store;
    this.#rest = rest;
  }

  /** Ends every rest: the worker shuts down. */
  leave(): void {
    this.#leaving.abort();
  }

  /**
   * Runs the work of a task. For an activity: it must heartbeat meanwhile.
   * @param wanted the store of the run; undefined for a run that an older version started
   * @throws ApplicationFailure of type Store that names this worker, or what `toActivityFailure` makes of an error;
   * CompleteAsyncError when the server has the failure already
   */
  async run<T>(wanted: StoreIdentity | undefined, work: () => Promise<T>): Promise<T> {
    try {
      await this.#refuseOthers(wanted);
      const result = await work();
      this.#failures = 0;
      return result;
    } catch (error) {
      const failure = toActivityFailure(error, workerName);
      if (failure instanceof ApplicationFailure && failure.type === failureTypes.store)
        await this.#afterStoreFailure(failure);
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
    const message =
      `worker ${workerName} has the object store ${this.#store.url} (${which}) and takes no ` +
      `work of a run in ${wanted.url} (id ${wanted.id}${same}); start it with the store of the run (MIPNET_STORE)`;
    throw ApplicationFailure.create({
      message,
      type: failureTypes.store,
      nonRetryable: true,
      details: [storeFailures.otherStore],
    });
  }

  async #afterStoreFailure(failure: ApplicationFailure): Promise<void> {
    const [why] = failure.details ?? [];
    // It has waited for its store already.
    if (why === 'unavailable') return;
    const seconds = 2 ** this.#failures++;
    const { cancellationSignal, client, info } = Context.current();
    if (!ownFaults.includes(why)) {
      await this.#rest(Math.min(longestHold, seconds), cancellationSignal);
      return;
    }
    try {
      await client.activity.fail(info.taskToken, failure);
    } catch {
      // The server is away, or the task was cancelled: the task fails in the usual way, later.
      return;
    }
    // The task is somebody else's now: only the slot is kept.
    await this.#rest(Math.min(longestRest, seconds), this.#leaving.signal);
    throw new CompleteAsyncError();
  }
}
