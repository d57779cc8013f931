// Tested by simulate.unit.test.ts.
import { decide, type Surplus } from '@mipnet/autoscaler/policy';
import type { Scenario } from './scenario.js';
import { SlotTimeAccount, type SlotTime } from './slot-time.js';
import type { VirtualClock } from './virtual-clock.js';

interface SimulatedWorker {
  busy: number;
  readonly asked: number;
}

interface Leaf {
  readonly seconds: number;
  readonly done: () => void;
}

/** A server, its queue, and workers that come and go by the real autoscaling policy, in virtual time. */
export class Cluster {
  readonly #clock: VirtualClock;
  readonly #scenario: Scenario;
  readonly #account = new SlotTimeAccount();
  readonly #workers = new Set<SimulatedWorker>();
  /** A worker occurs once per free slot; the last freed one is taken first, so that the others become idle. */
  #free: SimulatedWorker[] = [];
  readonly #queue: Leaf[] = [];
  #nextInQueue = 0;
  #serverFreeAt = 0;
  #inServer = 0;
  /** Busy slots, and idle workers. */
  #busy = 0;
  #idle = 0;
  #starting = 0;
  #surplus: Surplus | null = null;
  #workerSeconds = 0;
  #serverSeconds = 0;
  #mostWorkers = 0;
  #over = false;
  /** Leaves that are not in the cluster yet. */
  heldBack = 0;
  /** Divides and merges under way. */
  orchestrating = 0;
  /** See `Moment`. */
  serial = false;

  constructor(clock: VirtualClock, scenario: Scenario) {
    this.#clock = clock;
    this.#scenario = scenario;
    this.#scale();
  }

  /** One leaf: through the server, into a slot, through the server again. */
  solve(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        resolve();
        this.#clock.letOthersRun();
      };
      this.#throughServer(() => {
        this.#queue.push({ seconds, done });
        this.#match();
      });
    });
  }

  /** Accounts for the time that has passed; call it before `heldBack` or `orchestrating` change. */
  book(): void {
    const slots = this.#workers.size * this.#scenario.scaling.slotsPerWorker;
    this.#account.book(this.#clock.now, {
      slots,
      busy: this.#busy,
      starting: this.#starting * this.#scenario.scaling.slotsPerWorker,
      inServer: this.#inServer,
      heldBack: this.heldBack,
      orchestrating: this.orchestrating,
      serial: this.serial,
    });
  }

  /** The cost of the finished run. Workers are paid for from their request until now. */
  end(): {
    readonly slotTime: SlotTime;
    readonly workerSeconds: number;
    readonly serverSeconds: number;
    readonly mostWorkers: number;
  } {
    this.book();
    this.#over = true;
    for (const worker of this.#workers) this.#workerSeconds += this.#clock.now - worker.asked;
    return {
      slotTime: this.#account.seconds,
      workerSeconds: this.#workerSeconds,
      serverSeconds: this.#serverSeconds,
      mostWorkers: this.#mostWorkers,
    };
  }

  /** Half of a leaf's server time goes into its dispatch, half into its completion. One thing at a time. */
  #throughServer(then: () => void): void {
    this.book();
    const seconds = 0.5 / this.#scenario.serverRate;
    this.#inServer++;
    this.#serverSeconds += seconds;
    this.#serverFreeAt = Math.max(this.#serverFreeAt, this.#clock.now) + seconds;
    this.#clock.at(this.#serverFreeAt, () => {
      this.book();
      this.#inServer--;
      then();
    });
  }

  #match(): void {
    while (this.#nextInQueue < this.#queue.length && this.#free.length > 0) {
      const leaf = this.#queue[this.#nextInQueue++];
      const worker = this.#free.pop()!;
      if (worker.busy++ === 0) this.#idle--;
      this.#busy++;
      this.#clock.after(leaf.seconds, () => {
        this.book();
        if (--worker.busy === 0) this.#idle++;
        this.#busy--;
        this.#free.push(worker);
        this.#throughServer(leaf.done);
        this.#match();
      });
    }
    if (this.#nextInQueue > 100_000) {
      this.#queue.splice(0, this.#nextInQueue);
      this.#nextInQueue = 0;
    }
  }

  #scale(): void {
    if (this.#over) return;
    const { scaling, interval, startDelay } = this.#scenario;
    const decision = decide(
      scaling,
      {
        now: this.#clock.now,
        backlog: this.#queue.length - this.#nextInQueue + this.#inServer,
        inFlight: this.#busy,
        workers: this.#workers.size + this.#starting,
        idle: this.#idle,
      },
      this.#surplus,
    );
    this.#surplus = decision.surplus;
    this.book();
    for (let i = 0; i < decision.change; i++) this.#start(this.#clock.now, startDelay);
    if (decision.change < 0) this.#remove(-decision.change);
    this.#clock.after(interval, () => this.#scale());
  }

  #start(asked: number, delay: number): void {
    this.#starting++;
    this.#clock.after(delay, () => {
      this.book();
      this.#starting--;
      const worker: SimulatedWorker = { busy: 0, asked };
      this.#workers.add(worker);
      this.#idle++;
      this.#mostWorkers = Math.max(this.#mostWorkers, this.#workers.size);
      for (let slot = 0; slot < this.#scenario.scaling.slotsPerWorker; slot++) this.#free.push(worker);
      this.#match();
    });
  }

  #remove(count: number): void {
    const gone = new Set([...this.#workers].filter(({ busy }) => busy === 0).slice(-count));
    this.#idle -= gone.size;
    for (const worker of gone) {
      this.#workers.delete(worker);
      this.#workerSeconds += this.#clock.now - worker.asked;
    }
    this.#free = this.#free.filter((worker) => !gone.has(worker));
  }
}
