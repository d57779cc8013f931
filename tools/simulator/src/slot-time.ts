/**
 * How solver slots use their time. Every requested slot is always in exactly one of these states:
 * `busy`      it solves;
 * `starting`  its worker is still starting;
 * `server`    it waits, and leaves are on their way through the Temporal server;
 * `window`    it waits, and leaves exist that the fan-out window holds back;
 * `orchestrator` it waits, for a divide or merge in progress that makes the next work;
 * `serial`    it waits for the one leaf that a round begins with;
 * `tail`      it waits, because all remaining leaves are being solved on other slots.
 */
export const slotStates = ['busy', 'starting', 'server', 'window', 'orchestrator', 'serial', 'tail'] as const;
export type SlotState = (typeof slotStates)[number];
export type SlotTime = Readonly<Record<SlotState, number>>;

/** What decides in which state a waiting slot is. */
export interface Moment {
  readonly slots: number;
  readonly busy: number;
  readonly starting: number;
  readonly inServer: number;
  readonly heldBack: number;
  readonly orchestrating: number;
  /** The leaf that a round begins with is on its way or in a slot. */
  readonly serial: boolean;
}

export class SlotTimeAccount {
  readonly #seconds: Record<SlotState, number> = {
    busy: 0,
    starting: 0,
    server: 0,
    window: 0,
    orchestrator: 0,
    serial: 0,
    tail: 0,
  };
  #since = 0;

  /** Accounts for the time since the last call under the state until `now`. Call it before anything changes. */
  book(now: number, moment: Moment): void {
    const seconds = now - this.#since;
    if (seconds <= 0) return;
    this.#since = now;
    const waiting = moment.slots - moment.busy;
    this.#seconds.busy += seconds * moment.busy;
    this.#seconds.starting += seconds * moment.starting;
    this.#seconds[waitingFor(moment)] += seconds * waiting;
  }

  get seconds(): SlotTime {
    return { ...this.#seconds };
  }
}

function waitingFor({ inServer, heldBack, orchestrating, serial }: Moment): SlotState {
  if (serial) return 'serial';
  if (inServer > 0) return 'server';
  if (heldBack > 0) return 'window';
  return orchestrating > 0 ? 'orchestrator' : 'tail';
}

/** If slots are busy for this fraction of their time, there are too few of them. */
const wellUsed = 0.9;

/** The first bottleneck: `solvers`, or what the slots wait for most. */
export function firstBottleneck(time: SlotTime): 'solvers' | Exclude<SlotState, 'busy'> {
  const total = slotStates.reduce((sum, state) => sum + time[state], 0);
  if (time.busy >= wellUsed * total) return 'solvers';
  const waits = slotStates.filter((state) => state !== 'busy') as Exclude<SlotState, 'busy'>[];
  return waits.reduce((most, state) => (time[state] > time[most] ? state : most));
}
