import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failureTypes, type SolverActivities } from '@mipnet/workflows';
import { WorkerMetrics } from './metrics.js';

type Solved = Awaited<ReturnType<SolverActivities['solve']>>;

const noLeaves: Solved['leaves'] = { optimal: 0, feasible: 0, unresolved: 0, failed: 0 };
const solved = (part: Partial<Solved>): Solved => ({
  name: 'leaf',
  objective: 1,
  bound: 1,
  accuracy: { train: 1, validation: null },
  leaves: noLeaves,
  seconds: { solver: 1, merge: 0 },
  stopped: false,
  ...part,
});

describe('metrics of a worker', () => {
  it('serves the memory that a slot may use, so that an alert can divide by it', async () => {
    const { registry } = new WorkerMetrics({ role: 'solver', slots: 2, memory: 700 });
    expect(await registry.metrics()).toContain(
      `mipnet_worker_memory_limit_per_slot_bytes{role="solver"} ${700 * 2 ** 20}\n`,
    );
    const byDefault = await new WorkerMetrics({ role: 'solver', slots: 2 }).registry.metrics();
    expect(byDefault).toMatch(/mipnet_worker_memory_limit_per_slot_bytes\{role="solver"\} \d{8,}/);
  });

  async function countOf(activity: string, body: () => Promise<unknown>): Promise<{ text: string; thrown: unknown }> {
    const metrics = new WorkerMetrics({ role: 'solver', slots: 2 });
    const { inbound } = metrics.interceptor({ info: { activityType: activity } } as never);
    let during = '';
    const thrown = await inbound!.execute!({ args: [], headers: {} }, async () => {
      during = await metrics.registry.metrics();
      return body();
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(during).toContain(`mipnet_worker_busy{activity="${activity}",role="solver"} 1`);
    expect(metrics.busy).toBe(0);
    const text = await metrics.registry.metrics();
    expect(text).toMatch(new RegExp(`mipnet_worker_activity_seconds_count\\{[^}]*activity="${activity}"[^}]*\\} 1`));
    return { text, thrown };
  }

  it.each<[string, () => Promise<unknown>]>([
    ['optimal', async () => solved({ leaves: { ...noLeaves, optimal: 1 } })],
    ['unresolved', async () => solved({ leaves: { ...noLeaves, unresolved: 1 } })],
    ['stopped', async () => solved({ leaves: { ...noLeaves, feasible: 1 }, stopped: true })],
    ['interrupted', () => Promise.reject(ApplicationFailure.create({ type: failureTypes.interrupted }))],
    ['bad-input', () => Promise.reject(ApplicationFailure.create({ type: failureTypes.badInput }))],
    ['crash', () => Promise.reject(Object.assign(new Error('out of memory'), { code: 'crash' }))],
    ['error', () => Promise.reject(new Error('the store does not answer'))],
  ])('counts a solve as %s', async (result, body) => {
    const { text } = await countOf('solve', body);
    expect(text).toContain(`mipnet_worker_activities_total{activity="solve",result="${result}",role="solver"} 1`);
    expect(text).toContain(`mipnet_worker_crashes_total{role="solver"} ${result === 'crash' ? 1 : 0}`);
  });

  it('counts each leaf of a bundle as a solve, but none that an earlier worker has left', async () => {
    const metrics = new WorkerMetrics({ role: 'solver', slots: 2 });
    const { inbound } = metrics.interceptor({ info: { activityType: 'solveBundle' } } as never);
    const outcomes = [
      { solved: solved({ leaves: { ...noLeaves, optimal: 1 } }) },
      { solved: solved({ leaves: { ...noLeaves, optimal: 1 } }) },
      { again: 'crash' },
      { again: 'lost' },
      {},
    ];
    const given = await inbound!.execute!({ args: [], headers: {} }, async () => {
      expect(metrics.busy).toBe(1);
      return outcomes;
    });
    expect([given, metrics.busy]).toEqual([outcomes, 0]);
    const text = await metrics.registry.metrics();
    const counts = [...text.matchAll(/mipnet_worker_activities_total\{activity="(\w+)",result="([\w-]+)",.*\} (\d+)/g)];
    expect(counts.map(([, ...cells]) => cells)).toEqual([
      ['solve', 'optimal', '2'],
      ['solve', 'crash', '1'],
    ]);
    expect(text).toContain('mipnet_worker_crashes_total{role="solver"} 1');
    expect(text).toMatch(/mipnet_worker_activity_seconds_count\{.*activity="solve".*\} 2/);
    await expect(inbound!.execute!({ args: [], headers: {} }, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(metrics.busy).toBe(0);
    expect(await metrics.registry.metrics()).toContain('{activity="solve",result="error",role="solver"} 1');
  });

  it('counts other activities, passes their errors on, and tells memory and slots', async () => {
    const error = new Error('full');
    const { text, thrown } = await countOf('merge', () => Promise.reject(error));
    expect(thrown).toBe(error);
    expect(text).toContain('mipnet_worker_slots{role="solver"} 2');
    const bytes = Number(/mipnet_worker_memory_per_slot_bytes\{role="solver"\} (\d+)/.exec(text)![1]);
    expect(bytes).toBeGreaterThan(5e6);
    expect((await countOf('merge', async () => ({}))).text).toContain(
      'mipnet_worker_activities_total{activity="merge",result="done",role="solver"} 1',
    );
  });
});
