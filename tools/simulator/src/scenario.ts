import { largestWindow, mostParts } from '@mipnet/workflows';
import type { ScalingRules } from '@mipnet/autoscaler/policy';

/** Measurements of a real run; `measure.ts` makes them. Seconds. */
export interface Samples {
  /** Where and when, for people. */
  readonly source: string;
  /** Wall-clock time of each leaf in its solver. */
  readonly leaf: readonly number[];
  /** Time of `divide` and `merge` for each part of the node. */
  readonly dividePerPart: number;
  readonly mergePerPart: number;
  /** Events of the workflow's history for each leaf. */
  readonly eventsPerLeaf: number;
  /** Of a split with rounds. @default one round, with as many parts as the scenario has leaves */
  readonly rounds?: Rounds;
}

/** A run in rounds that follow each other: the rounds of branches, or the master problems and pricing of columns. */
export interface Rounds {
  readonly count: number;
  /** Leaves of a round that are solved at once; their times are drawn from `leaf`. */
  readonly parts: number;
  /** Times of the one leaf that each round begins with and that its parts wait for, seconds. @default there is none */
  readonly serial?: readonly number[];
}

export interface Scenario {
  readonly leaves: number;
  /** The autoscaler's rules; `max` is the largest number of workers. */
  readonly scaling: ScalingRules;
  /** Between two looks of the autoscaler, seconds. */
  readonly interval: number;
  /** From the decision to start a worker until it takes work, seconds. */
  readonly startDelay: number;
  /** Leaves per second that the Temporal server can process. */
  readonly serverRate: number;
  /** Parts of one node under way at once. */
  readonly window: number;
  /** Most leaves of one node; more make a tree of two levels. */
  readonly fanOut: number;
  /** Orchestrator processes; each divides and merges two nodes at once. */
  readonly orchestrators: number;
  /** The measured leaf times are multiplied with this. */
  readonly leafFactor: number;
  readonly seed: number;
}

/** Measured on the dev server with its SQLite file: 12 ms of server time per leaf. */
const devServerRate = 80;

/** A scenario for a number of workers and leaves, with defaults for the rest. */
export function scenarioOf(workers: number, leaves: number, changes: Partial<Scenario> = {}): Scenario {
  return {
    leaves,
    scaling: { min: 0, max: workers, slotsPerWorker: 1, coolDown: 30 },
    interval: 2,
    startDelay: 20,
    serverRate: devServerRate,
    window: largestWindow,
    fanOut: 1000,
    orchestrators: Math.max(1, Math.ceil(workers / 100)),
    leafFactor: 1,
    seed: 0,
    ...changes,
  };
}

/** @throws RangeError that names the number and its range */
export function checkRounds({ count, parts, serial }: Rounds): void {
  const whole = (name: string, value: number, most: number): void => {
    if (!(Number.isInteger(value) && value >= 1 && value <= most))
      throw new RangeError(`rounds.${name} is ${value}: give a whole number from 1 to ${most}`);
  };
  whole('count', count, 10_000);
  whole('parts', parts, mostParts);
  if (serial && (serial.length === 0 || serial.some((seconds) => !(seconds > 0))))
    throw new RangeError('rounds.serial holds no seconds above 0: leave it out if rounds begin with their parts');
}

/** @throws RangeError with the limit of the real system that the scenario exceeds */
export function checkScenario({ leaves, window, fanOut, serverRate, leafFactor, orchestrators }: Scenario): void {
  const whole = (name: string, value: number, most: number): void => {
    if (!(Number.isInteger(value) && value >= 1 && value <= most))
      throw new RangeError(`${name} is ${value}: give a whole number from 1 to ${most}`);
  };
  whole('leaves', leaves, mostParts * mostParts);
  whole('window', window, largestWindow);
  whole('fan-out', fanOut, mostParts);
  whole('orchestrators', orchestrators, 1e6);
  if (Math.ceil(leaves / fanOut) > mostParts)
    throw new RangeError(
      `${leaves} leaves in nodes of ${fanOut} make more than ${mostParts} nodes; one node may ` +
        `have ${mostParts} parts: give a larger ` +
        '--fan-out',
    );
  if (!(serverRate > 0)) throw new RangeError(`the server rate is ${serverRate}: give leaves per second`);
  if (!(leafFactor > 0)) throw new RangeError(`the leaf factor is ${leafFactor}: give a number above 0`);
}
