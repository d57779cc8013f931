import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkRules,
  decide,
  desiredWorkers,
  type Decision,
  type Observation,
  type ScalingRules,
  type Surplus,
} from './policy.js';

const rules: ScalingRules = { min: 0, max: 10, slotsPerWorker: 2, coolDown: 30 };
const seen = (part: Partial<Observation>): Observation => ({
  now: 0,
  backlog: 0,
  inFlight: 0,
  workers: 0,
  idle: 0,
  ...part,
});

describe('desired workers', () => {
  it.each([
    ['nothing to do', { backlog: 0, inFlight: 0 }, rules, 0],
    ['one leaf waits', { backlog: 1, inFlight: 0 }, rules, 1],
    ['a full worker', { backlog: 2, inFlight: 0 }, rules, 1],
    ['rounds up', { backlog: 3, inFlight: 0 }, rules, 2],
    ['in flight counts, with an empty backlog', { backlog: 0, inFlight: 3 }, rules, 2],
    ['both together', { backlog: 3, inFlight: 4 }, rules, 4],
    ['max', { backlog: 1000, inFlight: 0 }, rules, 10],
    ['max below what is in flight', { backlog: 0, inFlight: 50 }, rules, 10],
    ['min', { backlog: 0, inFlight: 0 }, { ...rules, min: 3 }, 3],
    ['min = max', { backlog: 100, inFlight: 100 }, { ...rules, min: 4, max: 4 }, 4],
  ])('%s', (_, demand, given, desired) => expect(desiredWorkers(demand, given)).toBe(desired));
});

describe('a decision', () => {
  const ripe = (peak: number): Surplus => ({ since: 0, peak });
  it.each<[string, Partial<Observation>, Surplus | null, Partial<Decision>]>([
    ['starts from zero at once', { backlog: 3 }, null, { change: 2, target: 2, surplus: null }],
    ['starts what is missing', { backlog: 4, inFlight: 2, workers: 1 }, null, { change: 2, target: 3 }],
    ['keeps what fits', { inFlight: 3, workers: 2 }, null, { change: 0, target: 2, surplus: null }],
    [
      'begins to cool down',
      { now: 5, workers: 2, idle: 2 },
      null,
      { change: 0, target: 2, surplus: { since: 5, peak: 0 } },
    ],
    ['still cools down', { now: 29, workers: 2, idle: 2 }, ripe(0), { change: 0, surplus: ripe(0) }],
    ['goes to zero', { now: 30, workers: 2, idle: 2 }, ripe(0), { change: -2, target: 0, surplus: null }],
    [
      'never removes a busy worker',
      { now: 90, inFlight: 3, workers: 6, idle: 1 },
      ripe(2),
      { change: -1, target: 5, desired: 2, surplus: ripe(2) },
    ],
    [
      'waits while nobody is idle',
      { now: 90, inFlight: 3, workers: 3, idle: 0 },
      ripe(2),
      { change: 0, target: 3, surplus: ripe(2) },
    ],
    [
      'keeps the peak of the cool-down',
      { now: 30, workers: 8, idle: 8 },
      ripe(5),
      { change: -3, target: 5, surplus: { since: 30, peak: 0 } },
    ],
    [
      'demand in between ends the cool-down',
      { now: 29, backlog: 4, workers: 2, idle: 2 },
      ripe(0),
      { change: 0, surplus: null },
    ],
    [
      'max below what is in flight waits',
      { now: 90, inFlight: 50, workers: 25, idle: 0 },
      ripe(10),
      { change: 0, target: 25 },
    ],
    [
      'max below what is in flight, one done',
      { now: 90, inFlight: 48, workers: 25, idle: 1 },
      ripe(10),
      { change: -1, target: 24 },
    ],
  ])('%s', (_, observation, surplus, expected) =>
    expect(decide(rules, seen(observation), surplus)).toMatchObject(expected),
  );

  it('keeps min without work', () => {
    expect(decide({ ...rules, min: 2 }, seen({ now: 60, workers: 3, idle: 3 }), ripe(2))).toMatchObject({
      change: -1,
      target: 2,
    });
  });

  it('does not flap: demand that comes back within the cool-down finds its workers', () => {
    let workers = 0;
    let surplus: Surplus | null = null;
    const changes: number[] = [];
    for (let now = 0; now < 200; now += 5) {
      const inFlight = now % 20 < 10 ? 8 : 0;
      const decision: Decision = decide(
        rules,
        seen({ now, inFlight, workers, idle: inFlight === 0 ? workers : 0 }),
        surplus,
      );
      ({ surplus } = decision);
      workers = decision.target;
      if (decision.change !== 0) changes.push(decision.change);
    }
    expect(changes).toEqual([4]);
  });

  it('keeps its laws whatever it sees', () => {
    const count = fc.nat({ max: 200 });
    const moments = fc.array(fc.record({ wait: fc.nat({ max: 40 }), backlog: count, inFlight: count, idle: count }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        moments,
        fc.nat({ max: 20 }),
        fc.integer({ min: 20, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (all, min, max, slotsPerWorker) => {
          const given = { min, max, slotsPerWorker, coolDown: 30 };
          let [now, workers] = [0, 0];
          let surplus: Surplus | null = null;
          for (const { wait, backlog, inFlight, idle: free } of all) {
            now += wait;
            const idle = Math.min(free, workers);
            const decision: Decision = decide(given, { now, backlog, inFlight, workers, idle }, surplus);
            expect(decision.target).toBe(workers + decision.change);
            expect(-decision.change).toBeLessThanOrEqual(idle);
            expect(decision.target).toBeGreaterThanOrEqual(decision.desired);
            if (decision.change < 0) expect(now - surplus!.since).toBeGreaterThanOrEqual(30);
            ({ surplus } = decision);
            workers = decision.target;
          }
        },
      ),
    );
  });
});

it('refuses rules that make no sense, and says which', () => {
  expect(() => checkRules({ ...rules, min: -1 })).toThrow(/min is -1/);
  expect(() => checkRules({ ...rules, min: 11 })).toThrow(/max is 10.*min \(11\)/);
  expect(() => checkRules({ ...rules, max: 0 })).toThrow(/max is 0/);
  expect(() => checkRules({ ...rules, slotsPerWorker: 0.5 })).toThrow(/slots is 0.5/);
  expect(() => checkRules({ ...rules, coolDown: NaN })).toThrow(/cool-down is NaN/);
  expect(() => checkRules(rules)).not.toThrow();
});
