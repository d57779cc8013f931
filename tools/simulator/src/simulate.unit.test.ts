import { describe, expect, it } from 'vitest';
import { scenarioOf, type Samples, type Scenario } from './scenario.js';
import { simulate } from './simulate.js';
import { slotStates } from './slot-time.js';
import { busyTable } from './busy-table.js';
import { asCsv, asTable } from './table.js';

const samples: Samples = { source: 'test', leaf: [10], dividePerPart: 0, mergePerPart: 0, eventsPerLeaf: 10 };
const mixed: Samples = { ...samples, leaf: [1, 2, 3, 30], dividePerPart: 0.01, mergePerPart: 0.01 };
/** Everything but the solves costs nothing, and the workers are there at once. */
const ideal: Partial<Scenario> = { serverRate: 1e9, startDelay: 0 };
const fixed = (workers: number, slotsPerWorker = 1) => ({ min: workers, max: workers, slotsPerWorker, coolDown: 30 });

describe('rounds', () => {
  const rounds: Samples = { ...samples, rounds: { count: 3, parts: 4, serial: [2, 4] } };

  it.each([
    // Serial leaves of 2, 4 and 2 s; then the parts, 10 s each.
    [1, 8 + 3 * 40, 'solvers'],
    [4, 8 + 3 * 10, 'serial'],
    [8, 8 + 3 * 10, 'tail'],
  ])('of a serial leaf and four parts, %i workers: %f s', async (workers, seconds, bottleneck) => {
    const outcome = await simulate(scenarioOf(workers, 4, { ...ideal, scaling: fixed(workers) }), rounds);
    expect(outcome.makespan).toBeCloseTo(seconds, 3);
    expect([outcome.work, outcome.bottleneck]).toEqual([128, bottleneck]);
    const booked = slotStates.reduce((sum, state) => sum + outcome.slotTime[state], 0);
    expect(booked).toBeCloseTo(workers * outcome.makespan, 3);
  });

  it('without a serial leaf follow each other', async () => {
    const plain: Samples = { ...samples, rounds: { count: 3, parts: 4 } };
    const outcome = await simulate(scenarioOf(2, 4, { ...ideal, scaling: fixed(2) }), plain);
    expect([outcome.makespan.toFixed(3), outcome.work]).toEqual(['60.000', 120]);
  });

  it.each([
    [{ count: 0, parts: 4 }, /rounds.count is 0/],
    [{ count: 1, parts: 1e6 }, /rounds.parts is 1000000/],
    [{ count: 1, parts: 4, serial: [] }, /rounds.serial/],
  ])('are refused if they make no sense: %j', async (given, message) => {
    await expect(simulate(scenarioOf(1, 4), { ...samples, rounds: given })).rejects.toThrow(message);
  });

  it('are compared by busy share', async () => {
    const table = await busyTable(
      [
        { name: 'columns', samples: rounds },
        { name: 'pairs', samples },
      ],
      [1, 4, 8],
      5,
      {
        serverRate: 1e9,
      },
    );
    expect(table).toContain('84%, 3.4 times, serial');
    expect(table).toContain('62%, 2.5 times, tail');
    expect(table).toMatch(/half used up to \| +4 \| +8 \|/);
  });
});

describe('simulated runs', () => {
  it.each([
    [10, 100, 1, 100],
    [10, 95, 1, 100],
    [10, 100, 2, 50],
    [1, 7, 1, 70],
    [100, 30, 1, 10],
  ])('%i workers, %i leaves of 10 s, %i slots: %f s', async (workers, leaves, slots, seconds) => {
    const outcome = await simulate(scenarioOf(workers, leaves, { ...ideal, scaling: fixed(workers, slots) }), samples);
    expect(outcome.makespan).toBeCloseTo(seconds, 3);
    expect([outcome.work, outcome.history]).toEqual([10 * leaves, 10 * leaves]);
  });

  it('is limited by the window, the server, the start of workers and the stragglers, and says by which', async () => {
    const first = async (workers: number, leaves: number, changes: Partial<Scenario>, given = samples) => {
      const { bottleneck, makespan } = await simulate(
        scenarioOf(workers, leaves, { ...ideal, scaling: fixed(workers), ...changes }),
        given,
      );
      return [bottleneck, Math.round(makespan)];
    };
    expect(await first(10, 100, {})).toEqual(['solvers', 100]);
    expect(await first(10, 100, { window: 2 })).toEqual(['window', 500]);
    expect(await first(100, 1000, { serverRate: 2 })).toEqual(['server', 500]);
    expect(await first(10, 20, { startDelay: 500 })).toEqual(['starting', 520]);
    expect(await first(50, 50, {}, { ...samples, leaf: [1, 1, 1, 200] })).toEqual(['tail', 200]);
    expect((await first(100, 100, { orchestrators: 1 }, { ...samples, mergePerPart: 10 }))[0]).toBe('orchestrator');
  });

  it('books every paid second of a slot once, starts no more workers than there is work, and ends all solves', async () => {
    for (const [workers, leaves] of [
      [3, 50],
      [40, 2500],
      [200, 90],
    ] as const) {
      const outcome = await simulate(scenarioOf(workers, leaves, { fanOut: 500, window: 100 }), mixed);
      const booked = slotStates.reduce((sum, state) => sum + outcome.slotTime[state], 0);
      expect(outcome.slotTime.busy).toBeCloseTo(outcome.work, 6);
      expect(booked).toBeCloseTo(3600 * outcome.workerHours, 4);
      expect(outcome.mostWorkers).toBeLessThanOrEqual(Math.min(workers, leaves));
      expect(outcome.makespan).toBeGreaterThanOrEqual(outcome.work / workers);
      expect(outcome.serverLoad).toBeLessThanOrEqual(1);
    }
  });

  it('gives the same outcome for the same seed, and every leaf its time on any cluster', async () => {
    const run = (workers: number, seed: number) => simulate(scenarioOf(workers, 300, { seed }), mixed);
    const [one, again, more, other] = await Promise.all([run(5, 1), run(5, 1), run(50, 1), run(5, 2)]);
    expect(again).toEqual(one);
    expect(more.work).toBeCloseTo(one.work, 6);
    expect(other.work).not.toBeCloseTo(one.work, 6);
  });

  it('refuses what the real system would refuse', async () => {
    await expect(simulate(scenarioOf(1, 10, { window: 2000 }), samples)).rejects.toThrow(/window is 2000.*1 to 1000/);
    await expect(simulate(scenarioOf(1, 1e6, { fanOut: 10 }), samples)).rejects.toThrow(
      /more than 3000 nodes.*larger --fan-out/,
    );
    await expect(simulate(scenarioOf(1, 1e6, { fanOut: 5000 }), samples)).rejects.toThrow(/fan-out is 5000/);
  });

  it('is shown as a table and as plain numbers', async () => {
    const outcomes = [await simulate(scenarioOf(10, 100, { ...ideal, scaling: fixed(10) }), samples)];
    expect(asTable(outcomes).split('\n')[2]).toMatch(
      /^\| +10 \| +10 \| +100 \| +100 s \| +16.7 min \| +100% \| +0.3 \|/,
    );
    const [names, values] = asCsv(outcomes)
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(values[names.indexOf('bottleneck')]).toBe('solvers');
    expect(values).toHaveLength(names.length);
  });
});
