import { SolverError } from '../solve.js';
import { Slot } from './slot.js';
import type { RunOptions, SlotPoolOptions } from './slot-options.js';

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

  constructor(options: SlotPoolOptions) {
    if (!(Number.isInteger(options.slots) && options.slots > 0))
      throw new RangeError(`a pool needs one slot or more, not ${options.slots}`);
    this.#options = options;
  }

  get slots(): number {
    return this.#options.slots;
  }

  /**
   * Runs one job, when a slot is free.
   * @throws SolverError 'crash' when the thread died, 'closed' after close(), 'deaf' after its grace; what the job threw otherwise
   */
  async run<Input, Output>(input: Input, options: RunOptions = {}): Promise<Output> {
    const slot = await this.#take();
    try {
      return (await slot.run(input, options)) as Output;
    } finally {
      this.#give(slot);
    }
  }

  /** Ends the threads at once, whatever they do: jobs under way and jobs that wait fail. Abort their signals first for what they have. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(closedError());
    await Promise.all([...this.#all].map((slot) => slot.end()));
    this.#all.clear();
  }

  async #take(): Promise<Slot> {
    if (this.#closed) throw closedError();
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.dead) return idle;
      this.#all.delete(idle);
    }
    if (this.#all.size < this.#options.slots) return this.#start();
    return new Promise((take, refuse) => this.#waiting.push({ take, refuse }));
  }

  #start(): Slot {
    const slot = new Slot(this.#options);
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

const closedError = (): SolverError => new SolverError('closed', 'the solver slots are closed');
