import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { shareOfMemory } from '@mipnet/activities';
import { failureTypes, type LeafOutcome, type SolverActivities } from '@mipnet/workflows';
import type { WorkerProcessOptions } from './options.js';

type Solved = Awaited<ReturnType<SolverActivities['solve']>>;

/** From leaves that are too small to those that take an hour, seconds. */
const secondsBuckets = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600];

/**
 * What a worker counts for Prometheus. `result` of a solve: optimal, feasible, unresolved, failed (as the leaf says),
 * stopped (by its run), interrupted (by this worker's end), bad-input, crash (a solver thread died), error.
 */
export class WorkerMetrics {
  readonly registry = new Registry();
  readonly #busyGauge: Gauge<'activity'>;
  readonly #ended: Counter<'activity' | 'result'>;
  readonly #seconds: Histogram<'activity'>;
  readonly #crashes: Counter;
  #underWay = 0;

  constructor(readonly options: Pick<WorkerProcessOptions, 'role' | 'slots' | 'memory'>) {
    const registers = [this.registry];
    this.registry.setDefaultLabels({ role: options.role });
    // Memory of the process, CPU, and the lag of the event loop: a lag of seconds would cost heartbeats.
    collectDefaultMetrics({ register: this.registry });
    this.#busyGauge = new Gauge({
      name: 'mipnet_worker_busy',
      help: 'Activities under way',
      labelNames: ['activity'],
      registers,
    });
    this.#ended = new Counter({
      name: 'mipnet_worker_activities_total',
      help: 'Activities that ended',
      labelNames: ['activity', 'result'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'mipnet_worker_activity_seconds',
      help: 'Wall-clock time of an attempt',
      labelNames: ['activity'],
      buckets: secondsBuckets,
      registers,
    });
    this.#crashes = new Counter({
      name: 'mipnet_worker_crashes_total',
      help: 'Solver threads that died, out of memory or otherwise',
      registers,
    });
    if (options.role !== 'solver') return;
    const { slots } = options;
    new Gauge({ name: 'mipnet_worker_slots', help: 'Leaves this worker solves at once', registers }).set(slots);
    new Gauge({
      name: 'mipnet_worker_memory_limit_per_slot_bytes',
      help: 'Memory that one slot may use: --memory, or the share of the machine or container',
      registers,
    }).set((options.memory ?? shareOfMemory(slots)) * 2 ** 20);
    // WASM memory belongs to no heap that Node can limit; the system counts and kills the whole process.
    new Gauge({
      name: 'mipnet_worker_memory_per_slot_bytes',
      help: 'Resident memory of the process, divided by its slots',
      registers,
      collect() {
        this.set(process.memoryUsage.rss() / slots);
      },
    });
  }

  /** Activities under way. */
  get busy(): number {
    return this.#underWay;
  }

  /** Watches every activity of the worker. */
  readonly interceptor: ActivityInterceptorsFactory = ({ info: { activityType } }) => ({
    inbound: {
      execute: (input, next) =>
        activityType === 'solveBundle'
          ? this.#watchBundle(() => next(input) as Promise<readonly LeafOutcome[]>)
          : this.#watch(activityType, () => next(input)),
    },
  });

  /** Each leaf of a bundle counts as a solve. */
  async #watchBundle(body: () => Promise<readonly LeafOutcome[]>): Promise<readonly LeafOutcome[]> {
    const activity = 'solve';
    this.#began(activity);
    const end = (result: string): void => void this.#ended.inc({ activity, result });
    try {
      const outcomes = await body();
      for (const { solved, again } of outcomes) {
        if (again === 'crash') this.#crashes.inc();
        // What an earlier worker has left is not this one's.
        if (again !== undefined && again !== 'lost') end(again);
        if (!solved) continue;
        end(resultOf(solved));
        this.#seconds.observe({ activity }, solved.seconds.solver);
      }
      return outcomes;
    } catch (error) {
      end(failureOf(error));
      throw error;
    } finally {
      this.#over(activity);
    }
  }

  #began(activity: string): void {
    this.#busyGauge.inc({ activity });
    this.#underWay++;
  }

  #over(activity: string): void {
    this.#underWay--;
    this.#busyGauge.dec({ activity });
  }

  async #watch(activity: string, body: () => Promise<unknown>): Promise<unknown> {
    const stopClock = this.#seconds.startTimer({ activity });
    this.#began(activity);
    const end = (result: string): void => void this.#ended.inc({ activity, result });
    try {
      const output = await body();
      end(activity === 'solve' ? resultOf(output as Solved) : 'done');
      return output;
    } catch (error) {
      const result = failureOf(error);
      if (result === 'crash') this.#crashes.inc();
      end(result);
      throw error;
    } finally {
      this.#over(activity);
      stopClock();
    }
  }
}

function resultOf({ stopped, leaves }: Solved): string {
  if (stopped) return 'stopped';
  return Object.entries(leaves).find(([, count]) => count > 0)?.[0] ?? 'error';
}

function failureOf(error: unknown): string {
  if (error instanceof ApplicationFailure) {
    if (error.type === failureTypes.interrupted) return 'interrupted';
    if (error.type === failureTypes.badInput) return 'bad-input';
  }
  return (error as { code?: unknown } | null)?.code === 'crash' ? 'crash' : 'error';
}
