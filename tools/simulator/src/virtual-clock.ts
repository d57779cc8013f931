/**
 * Time that jumps from event to event. Events at the same time happen in the order in which they were planned, so that
 * a simulation with the same seed is the same to the last digit.
 */
export class VirtualClock {
  #now = 0;
  /** A binary heap, earliest first, in three arrays: a million events are too many for an object each. */
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #actions: (() => void)[] = [];
  #planned = 0;
  #awaited = false;

  /** Seconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** @param time seconds since the beginning; what is past happens now */
  at(time: number, action: () => void): void {
    let hole = this.#times.length;
    const order = this.#planned++;
    const when = Math.max(time, this.#now);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#times[parent] <= when) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, when, order, action);
  }

  after(seconds: number, action: () => void): void {
    this.at(this.#now + seconds, action);
  }

  /** Said by an event that settled a promise: the code that awaits it runs before time goes on. */
  letOthersRun(): void {
    this.#awaited = true;
  }

  /** Runs until `done` settles. @throws Error when nothing is planned any more and it has not */
  async runUntil<T>(done: Promise<T>): Promise<T> {
    let settled = false;
    const end = (): void => void (settled = true);
    done.then(end, end);
    await drained();
    while (!settled) {
      if (this.#times.length === 0)
        throw new Error(`the simulation stands still after ${this.#now} s: something waits for what will never happen`);
      const action = this.#pop();
      action();
      if (!this.#awaited) continue;
      this.#awaited = false;
      await drained();
    }
    return done;
  }

  #pop(): () => void {
    const first = this.#actions[0];
    this.#now = this.#times[0];
    const [time, order, action] = [this.#times.pop()!, this.#orders.pop()!, this.#actions.pop()!];
    const size = this.#times.length;
    if (size === 0) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#earlier(child + 1, this.#times[child], this.#orders[child])) child++;
      if (!this.#earlier(child, time, order)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, time, order, action);
    return first;
  }

  #earlier(index: number, time: number, order: number): boolean {
    return this.#times[index] < time || (this.#times[index] === time && this.#orders[index] < order);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from], this.#orders[from], this.#actions[from]);
  }

  #put(index: number, time: number, order: number, action: () => void): void {
    this.#times[index] = time;
    this.#orders[index] = order;
    this.#actions[index] = action;
  }
}

/** Every microtask that is due, and those that they cause. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
