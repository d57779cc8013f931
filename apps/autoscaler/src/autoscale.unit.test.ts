import { describe, expect, it } from 'vitest';
import { autoscale, type ScalingStatus } from './autoscale.js';
import { AutoscalerError } from './autoscaler-error.js';
import type { Demand } from './demand.js';
import type { PoolWorker, Provider } from './provider.js';

class FakePool implements Provider {
  readonly running: string[] = [];
  readonly drained: string[] = [];
  closed = false;
  #next = 0;
  async observe() {
    const workers = this.running.map((id): PoolWorker => ({
      id,
      draining: false,
      answersTo: (identity) => identity === `${id}@host`,
    }));
    return { wanted: this.running.length, workers };
  }
  async start(count: number) {
    for (let i = 0; i < count; i++) this.running.push(String(this.#next++));
  }
  async drain(workers: readonly PoolWorker[]) {
    for (const { id } of workers) this.drained.push(...this.running.splice(this.running.indexOf(id), 1));
  }
  async close() {
    this.closed = true;
  }
}

const demandOf = (backlog: number, ...busy: string[]): Demand => ({
  backlog,
  inFlight: busy.length,
  busy: new Map(busy.map((id) => [`${id}@host`, 1])),
});

async function run(moments: readonly (Demand | Error)[]) {
  const pool = new FakePool();
  const stop = new AbortController();
  const statuses: ScalingStatus[] = [];
  const errors: string[] = [];
  const left = [...moments];
  const demand = async (): Promise<Demand> => {
    const moment = left.shift()!;
    if (left.length === 0) stop.abort();
    if (moment instanceof Error) throw moment;
    return moment;
  };
  const rules = { min: 0, max: 3, slotsPerWorker: 1, coolDown: 0 };
  await autoscale({
    rules,
    demand,
    provider: pool,
    interval: 0,
    onStatus: (status) => statuses.push(status),
    onError: ({ message }) => errors.push(message),
    signal: stop.signal,
  });
  return { pool, statuses, errors };
}

describe('autoscale', () => {
  it('drains the idle workers and never a busy one', async () => {
    const { pool, statuses } = await run([
      demandOf(9),
      demandOf(0, '0', '2'),
      demandOf(0, '0', '2'),
      demandOf(0, '0'),
      demandOf(0, '0'),
    ]);
    expect(statuses[0]).toMatchObject({ desired: 3, change: 3 });
    expect(pool.drained).toEqual(['1', '2']);
    expect([pool.running, pool.closed]).toEqual([['0'], true]);
  });

  it('leaves the pool as it is while the demand is unknown', async () => {
    const { pool, errors } = await run([
      demandOf(2),
      new AutoscalerError('demand', 'no answer'),
      new Error('odd'),
      demandOf(0, '0', '1'),
    ]);
    expect(errors).toEqual(['no answer', 'odd']);
    expect([pool.running, pool.drained]).toEqual([['0', '1'], []]);
  });

  it('refuses rules that make no sense', async () => {
    const options = {
      demand: async () => demandOf(0),
      provider: new FakePool(),
      interval: 0,
      onStatus: () => undefined,
      onError: () => undefined,
      signal: AbortSignal.abort(),
    };
    await expect(
      autoscale({ ...options, rules: { min: 2, max: 1, slotsPerWorker: 1, coolDown: 0 } }),
    ).rejects.toMatchObject({ code: 'bad-input' });
  });
});
