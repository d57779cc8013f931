import { setTimeout as pause } from 'node:timers/promises';
import { AutoscalerError } from './autoscaler-error.js';
import type { Demand, DemandSource } from './demand.js';
import { checkRules, decide, type Decision, type ScalingRules, type Surplus } from './policy.js';
import type { PoolState, PoolWorker, Provider } from './provider.js';

/** One reading of the demand and the pool, and the decision. */
export interface ScalingStatus {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly backlog: number;
  readonly inFlight: number;
  readonly desired: number;
  readonly target: number;
  readonly change: number;
  readonly draining: number;
}

export interface AutoscaleOptions {
  readonly rules: ScalingRules;
  readonly demand: DemandSource;
  readonly provider: Provider;
  /** Pause between two looks, seconds. */
  readonly interval: number;
  readonly onStatus: (status: ScalingStatus) => void;
  /** The demand could not be read. The pool stays as it is until the next reading. */
  readonly onError: (error: AutoscalerError) => void;
  /** Aborted: no further look. */
  readonly signal: AbortSignal;
}

/** Reads, decides and acts until it is stopped, then closes the provider. @throws AutoscalerError 'bad-input' */
export async function autoscale({
  rules,
  demand,
  provider,
  interval,
  onStatus,
  onError,
  signal,
}: AutoscaleOptions): Promise<void> {
  try {
    checkRules(rules);
  } catch (cause) {
    throw new AutoscalerError('bad-input', (cause as Error).message, { cause });
  }
  let surplus: Surplus | null = null;
  while (!signal.aborted) {
    try {
      const asked = await demand();
      const pool = await provider.observe();
      const decision: Decision = decideFor(rules, asked, pool, surplus);
      ({ surplus } = decision);
      onStatus(statusOf(asked, pool, decision));
      await act(provider, decision, idleWorkers(pool, asked));
    } catch (error) {
      onError(
        error instanceof AutoscalerError
          ? error
          : new AutoscalerError('pool', (error as Error).message, { cause: error }),
      );
    }
    await pause(interval * 1000, undefined, { signal }).catch(() => undefined);
  }
  await provider.close();
}

function decideFor(rules: ScalingRules, asked: Demand, pool: PoolState, surplus: Surplus | null): Decision {
  const { backlog, inFlight } = asked;
  const now = performance.now() / 1000;
  return decide(
    rules,
    { now, backlog, inFlight, workers: pool.wanted, idle: idleWorkers(pool, asked).length },
    surplus,
  );
}

/** Newest last, so that the oldest workers, which have the fullest caches, stay the longest. */
function idleWorkers({ workers }: PoolState, { busy }: Demand): readonly PoolWorker[] {
  const identities = [...busy.keys()];
  return workers.filter((worker) => !worker.draining && !identities.some((identity) => worker.answersTo(identity)));
}

async function act(provider: Provider, { change }: Decision, idle: readonly PoolWorker[]): Promise<void> {
  if (change > 0) await provider.start(change);
  if (change < 0) await provider.drain(idle.slice(change));
}

const statusOf = (
  { backlog, inFlight }: Demand,
  { workers }: PoolState,
  { desired, target, change }: Decision,
): ScalingStatus => ({
  at: Date.now(),
  backlog,
  inFlight,
  desired,
  target,
  change,
  draining: workers.filter((worker) => worker.draining).length,
});
