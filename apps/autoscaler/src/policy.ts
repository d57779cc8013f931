// How many solver workers there should be. Pure: time, demand and pool come in, a decision and the next state go out;
// the simulator runs the same function in virtual time.

export interface ScalingRules {
  /** Workers kept even without work. */
  readonly min: number;
  /** Workers never exceeded. */
  readonly max: number;
  /** Leaves one worker solves at once. */
  readonly slotsPerWorker: number;
  /** How long fewer workers must have been enough before any is removed, seconds. */
  readonly coolDown: number;
}

export interface Observation {
  /** Seconds, from any origin; never runs backwards. */
  readonly now: number;
  /** Leaves that wait for a slot. */
  readonly backlog: number;
  /** Leaves being solved. They count as demand: a long solve must not look like an idle cluster. */
  readonly inFlight: number;
  /** Workers that take work or soon will: those that drain are not among them. */
  readonly workers: number;
  /** Workers of these that solve nothing at present. Only they may be removed. */
  readonly idle: number;
}

/** Remembered between two decisions; null while there is no surplus of workers. */
export interface Surplus {
  /** When the surplus began, seconds. */
  readonly since: number;
  /** The most workers that were needed at any time since. */
  readonly peak: number;
}

export interface Decision {
  /** Workers that the demand of this moment asks for. */
  readonly desired: number;
  /** Workers that there should be now; differs from `desired` while a surplus cools down or is busy. */
  readonly target: number;
  /** Workers to start, or, negative, to remove. */
  readonly change: number;
  /** Give it to the next decision. */
  readonly surplus: Surplus | null;
}

/** ceil((backlog + inFlight) / slotsPerWorker), clamped to min..max. */
export function desiredWorkers(demand: Pick<Observation, 'backlog' | 'inFlight'>, rules: ScalingRules): number {
  const wanted = Math.ceil((demand.backlog + demand.inFlight) / rules.slotsPerWorker);
  return Math.min(rules.max, Math.max(rules.min, wanted));
}

/**
 * Up at once; down to the most that was needed during the last `coolDown` seconds, and never by more workers than are
 * idle. A pool above `max` shrinks by the same rule: its busy workers are waited for.
 */
export function decide(rules: ScalingRules, seen: Observation, surplus: Surplus | null): Decision {
  const { now, workers, idle } = seen;
  const desired = desiredWorkers(seen, rules);
  if (desired >= workers) return { desired, target: desired, change: desired - workers, surplus: null };
  const since = surplus?.since ?? now;
  const peak = Math.max(desired, surplus?.peak ?? 0);
  if (now - since < rules.coolDown) return { desired, target: workers, change: 0, surplus: { since, peak } };
  const removed = Math.min(idle, Math.max(0, workers - peak));
  const target = workers - removed;
  // Where busy workers are in the way, the surplus stays ripe, and they go as they become idle.
  const next = target === desired ? null : target === peak ? { since: now, peak: desired } : { since, peak };
  return { desired, target, change: removed === 0 ? 0 : -removed, surplus: next };
}

/** @throws RangeError that names the rule and its range */
export function checkRules({ min, max, slotsPerWorker, coolDown }: ScalingRules): void {
  if (!(Number.isInteger(min) && min >= 0))
    throw new RangeError(`min is ${min}: give a whole number of workers, 0 or more`);
  if (!(Number.isInteger(max) && max >= Math.max(1, min)))
    throw new RangeError(`max is ${max}: give a whole number of workers, at least 1 and min (${min})`);
  if (!(Number.isInteger(slotsPerWorker) && slotsPerWorker >= 1))
    throw new RangeError(`slots is ${slotsPerWorker}: give a whole number, 1 or more`);
  if (!(coolDown >= 0 && coolDown < Infinity)) throw new RangeError(`the cool-down is ${coolDown} s: give 0 or more`);
}
