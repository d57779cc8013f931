import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Worker, type TransferListItem } from 'node:worker_threads';
import { SolverError } from '../solve.js';
import type { JobMessage, JobRequest, SlotData } from './messages.js';
import { errorFrom } from './portable-error.js';

export interface SlotPoolOptions {
  /** Module that calls `serveJobs`. */
  readonly job: URL;
  /** Threads: jobs under way at once. */
  readonly slots: number;
  /** Given to every thread. */
  readonly data?: unknown;
  /**
   * Most MB a thread may use, for JavaScript objects, its array buffers and the solver together; a thread that needs
   * more dies. @default no ceiling but Node's own
   */
  readonly memoryMegabytes?: number;
}

export interface RunOptions {
  readonly onPost?: (value: never) => void;
  /** Called when the job begins, with the number of its slot, from 0. */
  readonly onSlot?: (slot: number) => void;
  /** Aborted: the job is asked to return its incumbent. */
  readonly signal?: AbortSignal;
  /** If a job does not end within this time after it was asked to, its thread is killed. @default no limit */
  readonly graceSeconds?: number;
  /** Whether it gets the next free slot, before jobs that wait already. @default false */
  readonly first?: boolean;
}

/** How long `close` waits for jobs that were asked to return, in seconds. */
const closeSeconds = 3;

interface Waiting {
  readonly take: (slot: Slot) => void;
  readonly refuse: (error: SolverError) => void;
}

/**
 * Threads that solve, one job at a time each. A job that crashes its thread (out of memory, a trap in the solver) fails
 * alone, and its slot gets a new thread.
 */
export class SlotPool {
  readonly #options: SlotPoolOptions;
  readonly #idle: Slot[] = [];
  readonly #all = new Set<Slot>();
  readonly #waiting: Waiting[] = [];
  #closed = false;
  readonly #numbers: readonly number[];

  constructor(options: SlotPoolOptions) {
    if (!(Number.isInteger(options.slots) && options.slots > 0))
      throw new RangeError(`a pool needs one slot or more, not ${options.slots}`);
    this.#options = options;
    this.#numbers = Array.from({ length: options.slots }, (_, number) => number);
  }

  get slots(): number {
    return this.#options.slots;
  }

  /**
   * Tells idle threads what jobs to come will need (`serveJobs`), and starts the first one if there is none. Without
   * this, the first job waits until its thread has started.
   * @param given objects in the notice that only one thread can have, such as ports: the first thread gets the notice
   */
  prepare(notice: unknown, given: readonly TransferListItem[] = []): void {
    if (this.#closed) return;
    if (this.#all.size === 0) this.#idle.push(this.#start());
    const told = given.length > 0 ? this.#idle.slice(0, 1) : this.#idle;
    for (const slot of told) slot.prepare(notice, given);
  }

  /**
   * Runs one job as soon as a slot is free.
   * @throws SolverError 'crash' if the thread died, 'closed' after close(), 'deaf' after its grace period; otherwise
   *   the error of the job
   */
  async run<Input, Output>(input: Input, options: RunOptions = {}): Promise<Output> {
    const slot = await this.#take(options.first ?? false);
    options.onSlot?.(slot.number);
    try {
      return (await slot.run(input, options)) as Output;
    } finally {
      this.#give(slot);
    }
  }

  /**
   * Ends the threads. Waiting jobs fail. Running jobs are asked to return, as by their signals, so that none is cut in
   * mid-write; those that do not within `closeSeconds` fail.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(closedError());
    await Promise.all([...this.#all].map((slot) => slot.end()));
    this.#all.clear();
  }

  async #take(first: boolean): Promise<Slot> {
    if (this.#closed) throw closedError();
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.dead) return idle;
      this.#all.delete(idle);
    }
    if (this.#all.size < this.#options.slots) return this.#start();
    return new Promise((take, refuse) => {
      if (first) this.#waiting.unshift({ take, refuse });
      else this.#waiting.push({ take, refuse });
    });
  }

  #start(): Slot {
    const taken = new Set([...this.#all].filter(({ dead }) => !dead).map(({ number }) => number));
    const slot = new Slot(this.#options, this.#numbers.find((number) => !taken.has(number)) ?? 0);
    this.#all.add(slot);
    return slot;
  }

  #give(slot: Slot): void {
    if (slot.dead) this.#all.delete(slot);
    if (this.#closed) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting.take(slot.dead ? this.#start() : slot);
    else if (!slot.dead) this.#idle.push(slot);
  }
}

/**
 * V8 begins a thread with a small heap. A job makes large arrays, which count for it, so that it would collect garbage,
 * and compile functions anew that it has thrown away with it, several times per second: a fifth of a training's
 * processor seconds. Read when a thread begins; a thread with less memory keeps to its own limit.
 */
const heapOfThreads = '--initial-old-space-size=256';

const closedError = (): SolverError => new SolverError('closed', 'the solver slots are closed');

/** One thread and its stop flag. */
class Slot {
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  /** The last job; resolves when it has ended. */
  #job: Promise<void> = Promise.resolve();
  /** Whether it must not get another job: its thread has ended, or the solver in it has crashed. */
  dead = false;

  constructor(
    { job, data, memoryMegabytes }: SlotPoolOptions,
    /** A thread that replaces a dead one has its number. */
    readonly number: number,
  ) {
    const workerData: SlotData = { stopFlag: this.#flag.buffer as SharedArrayBuffer, data, memoryMegabytes };
    setFlagsFromString(heapOfThreads);
    this.#worker = new Worker(job, {
      workerData,
      ...(memoryMegabytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes } }),
    });
    this.#worker.once('exit', () => (this.dead = true));
    // Between two jobs the thread is idle; it must not keep the process alive.
    this.#worker.on('error', () => (this.dead = true));
    this.#worker.unref();
  }

  prepare(notice: unknown, given: readonly TransferListItem[]): void {
    this.#worker.postMessage({ notice } satisfies JobRequest, given);
  }

  run(input: unknown, options: RunOptions): Promise<unknown> {
    const job = this.#run(input, options);
    this.#job = job.then(
      () => undefined,
      () => undefined,
    );
    return job;
  }

  #run(input: unknown, { onPost, signal, graceSeconds }: RunOptions): Promise<unknown> {
    Atomics.store(this.#flag, 0, 0);
    let patience: NodeJS.Timeout | undefined;
    this.#worker.ref();
    return new Promise<unknown>((resolve, reject) => {
      const stop = (): void => {
        Atomics.store(this.#flag, 0, 1);
        if (graceSeconds !== undefined)
          patience = setTimeout(() => leave(() => reject(this.#deaf(graceSeconds))), graceSeconds * 1000);
      };
      const onMessage = (message: JobMessage): void => {
        if (message.kind === 'posted') onPost?.(message.value as never);
        else if (message.kind === 'result') leave(() => resolve(message.value));
        else leave(() => reject(this.#failed(message)));
      };
      const onError = (cause: Error): void =>
        leave(() => reject(new SolverError('crash', `a solver thread died: ${cause.message}`, { cause })));
      const onExit = (code: number): void =>
        leave(() => reject(new SolverError('crash', `a solver thread ended with code ${code} in mid-solve`)));
      const leave = (settle: () => void): void => {
        this.#worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        signal?.removeEventListener('abort', stop);
        clearTimeout(patience);
        this.#worker.unref();
        settle();
      };
      this.#worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop);
      try {
        this.#worker.postMessage({ input } satisfies JobRequest);
      } catch (cause) {
        leave(() => reject(cause));
      }
    });
  }

  /** The answers of a crashed solver are unreliable: its thread is not used again. */
  #failed(message: Extract<JobMessage, { kind: 'error' }>): Error {
    const error = errorFrom(message.error);
    if ((error as { code?: string }).code === 'crash') {
      this.dead = true;
      void this.#worker.terminate();
    }
    return error;
  }

  #deaf(seconds: number): SolverError {
    this.dead = true;
    void this.#worker.terminate();
    return new SolverError(
      'deaf',
      `a solver thread was asked to stop and did not within ${seconds} s, so it was ended`,
    );
  }

  async end(): Promise<void> {
    this.dead = true;
    Atomics.store(this.#flag, 0, 1);
    const patience = new AbortController();
    await Promise.race([
      this.#job,
      sleep(closeSeconds * 1000, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    await this.#worker.terminate();
  }
}
