import { describe, expect, it } from 'vitest';
import { noLeaves, type Solved } from '@mipnet/recursion';
import {
  activitiesAtOnce,
  bundleSize,
  carriedTogether,
  fewestActivities,
  LeafTimes,
  mostInBundle,
} from './bundle-size.js';
import { cutShort, failedLeaf } from './unsolved.js';
import { fakeNode } from './testing/fake-training.js';

const solvedIn = (solver: number): Solved => ({
  ...cutShort('pair 4v9', false),
  leaves: { ...noLeaves, feasible: 1 },
  seconds: { solver, merge: 0 },
  stopped: false,
});
const timesOf = (...seconds: number[]): LeafTimes => {
  const times = new LeafTimes();
  times.began(0);
  for (const one of seconds) times.ended(solvedIn(one));
  return times;
};
const many = (count: number, seconds: number): LeafTimes => timesOf(...Array.from({ length: count }, () => seconds));

describe('bundleSize', () => {
  it('sends the first leaves alone, then no more than were measured', () => {
    expect(bundleSize(timesOf(), 3000, 8)).toBe(1);
    expect(bundleSize(many(1, 0.1), 3000, 8)).toBe(1);
    expect(bundleSize(many(7, 0.1), 3000, 8)).toBe(7);
  });

  it.each([
    [0.125, 16],
    [0.375, 5],
    [1, 2],
    [1.125, 1],
    [60, 1],
    [0, mostInBundle],
  ])('takes as many leaves of %d s as fit two seconds: %d', (seconds, size) => {
    expect(bundleSize(many(500, seconds), 3000, 8)).toBe(size);
  });

  it('takes a share of the rest, so that every slot has one of the last', () => {
    expect([160, 80, 9, 8, 1].map((waiting) => bundleSize(many(500, 0.125), waiting, 8))).toEqual([16, 10, 2, 1, 1]);
  });

  it('does not measure leaves that failed or were cut short', () => {
    const times = many(10, 0.1);
    times.ended(failedLeaf('pair 4v9', 'crash'));
    times.ended(cutShort('pair 4v9', true));
    expect([times.measured, times.mean!.toFixed(3)]).toEqual([10, '0.100']);
  });
});

describe('activitiesAtOnce', () => {
  it('holds back the first leaves of a large window until they are measured, or have had their time', () => {
    const window = 500;
    expect(activitiesAtOnce(timesOf(), { window, waited: false, now: 0 })).toBe(fewestActivities);
    expect(activitiesAtOnce(timesOf(), { window, waited: true, now: 2000 })).toBe(window);
  });

  it('gives leaves that are not small the whole window', () => {
    expect(activitiesAtOnce(many(1, 5), { window: 500, waited: false, now: 5000 })).toBe(500);
  });

  it('follows the slots that small leaves keep busy, within the window', () => {
    // 400 leaves of 0.125 s in 2.5 s: 20 slots.
    expect(activitiesAtOnce(many(400, 0.125), { window: 500, waited: false, now: 2500 })).toBe(80);
    expect(activitiesAtOnce(many(400, 0.125), { window: 50, waited: false, now: 2500 })).toBe(50);
    expect(activitiesAtOnce(many(400, 0.125), { window: 500, waited: false, now: 40_000 })).toBe(fewestActivities);
    expect(activitiesAtOnce(many(400, 0.125), { window: 8, waited: false, now: 40_000 })).toBe(8);
  });
});

describe('carriedTogether', () => {
  it('takes leaves of one solver', () => {
    const leaves = [fakeNode(), fakeNode(), { ...fakeNode(), solver: 'cbc' }, fakeNode()];
    expect([carriedTogether(leaves), carriedTogether(leaves.slice(2))]).toEqual([2, 1]);
  });

  it('takes no more bytes than a message carries, and one leaf whatever its size', () => {
    const long = { ...fakeNode(), name: 'x'.repeat(100_000) };
    expect(carriedTogether([long, long, long, long])).toBe(2);
    expect(carriedTogether([{ ...long, name: 'x'.repeat(300_000) }, long])).toBe(1);
  });
});
