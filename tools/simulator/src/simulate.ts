import { solveTree } from '@mipnet/recursion';
import { Cluster } from './cluster.js';
import { checkRounds, checkScenario, type Samples, type Scenario } from './scenario.js';
import { rootOf, SimulatedDriver, type LeafSeconds } from './simulated-driver.js';
import { firstBottleneck, type SlotTime } from './slot-time.js';
import { VirtualClock } from './virtual-clock.js';

export interface Outcome {
  readonly scenario: Scenario;
  /** From the start of the run to its result, seconds. */
  readonly makespan: number;
  /** Time of all leaves in their solvers, seconds. */
  readonly work: number;
  /** Fraction of the paid slot time in which slots solve, 0..1. */
  readonly utilisation: number;
  readonly workerHours: number;
  readonly mostWorkers: number;
  /** Fraction of the makespan in which the Temporal server is busy, 0..1. */
  readonly serverLoad: number;
  /** Seconds of slots by state. */
  readonly slotTime: SlotTime;
  readonly bottleneck: ReturnType<typeof firstBottleneck>;
  /** Events of the longest history of a node. */
  readonly history: number;
}

/**
 * The real recursion, its window and the real autoscaling policy on a simulated cluster. Same scenario, same outcome.
 */
export async function simulate(scenario: Scenario, samples: Samples): Promise<Outcome> {
  checkScenario(scenario);
  if (samples.rounds) checkRounds(samples.rounds);
  const clock = new VirtualClock();
  const cluster = new Cluster(clock, scenario);
  let work = 0;
  const worked = (seconds: number): number => {
    work += scenario.leafFactor * seconds;
    return scenario.leafFactor * seconds;
  };
  const { rounds } = samples;
  let serials = 0;
  const times: LeafSeconds = {
    leaf: (index) => worked(samples.leaf[Math.floor(samples.leaf.length * hashed(index, scenario.seed))]),
    serial: () => worked(rounds!.serial![serials++ % rounds!.serial!.length]),
  };
  await clock.runUntil(
    solveTree(new SimulatedDriver(clock, cluster, scenario, samples, times), rootOf(scenario, rounds)),
  );
  const { slotTime, workerSeconds, serverSeconds, mostWorkers } = cluster.end();
  const makespan = clock.now;
  return {
    scenario,
    makespan,
    work,
    slotTime,
    mostWorkers,
    utilisation: work / (workerSeconds * scenario.scaling.slotsPerWorker),
    workerHours: workerSeconds / 3600,
    serverLoad: serverSeconds / makespan,
    bottleneck: firstBottleneck(slotTime),
    history: Math.ceil(samples.eventsPerLeaf * (rounds ? rounds.parts : Math.min(scenario.leaves, scenario.fanOut))),
  };
}

/** A number in 0..1 for each leaf and seed (the finaliser of MurmurHash3): a leaf takes as long on any cluster. */
function hashed(leaf: number, seed: number): number {
  let h = (leaf ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
