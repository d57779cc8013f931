import fc from 'fast-check';
import { expect, it } from 'vitest';
import { remainingTime } from './remaining-time.js';

it('is unknown at the beginning, with nothing left, and while the range would be too wide', () => {
  const pace = { elapsed: 60, ended: 40, running: 2, outstanding: 20 };
  expect(remainingTime(pace)).toBeDefined();
  expect(remainingTime({ ...pace, outstanding: 0 })).toBeUndefined();
  expect(remainingTime({ ...pace, ended: 3 })).toBeUndefined();
  expect(remainingTime({ ...pace, elapsed: 4 })).toBeUndefined();
  expect(remainingTime({ ...pace, ended: 8, spread: 3 })).toBeUndefined();
});

/** Seconds at which each of the leaves ends, on so many slots, in order. */
function endsOf(times: readonly number[], slots: number): number[] {
  const free = Array.from({ length: slots }, () => 0);
  return times.map((time) => {
    const slot = free.indexOf(Math.min(...free));
    return (free[slot] += time);
  });
}

/** Small random numbers from 0 to 1, always the same. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** What is said each second of a round of 45 leaves whose times are spread as far as those of pairs of digits. */
function said(
  seed: number,
  slots: number,
): { readonly second: number; readonly least: number; readonly most: number }[] {
  const next = random(seed + 1);
  next();
  const times = Array.from({ length: 45 }, () => 1 + 4 * next() ** 2);
  const ends = endsOf(times, slots);
  const end = Math.max(...ends);
  return Array.from({ length: Math.floor(end) }, (_, second) => {
    const done = times.filter((_time, at) => ends[at] <= second);
    const mean = done.reduce((sum, time) => sum + time, 0) / Math.max(1, done.length);
    const variance = done.reduce((sum, time) => sum + (time - mean) ** 2, 0) / Math.max(1, done.length - 1);
    const range = remainingTime({
      elapsed: second,
      ended: done.length,
      running: Math.min(slots, 45 - done.length),
      outstanding: 45 - done.length,
      ...(done.length >= 4 ? { spread: Math.sqrt(variance) / mean, longest: Math.max(...done) } : {}),
    });
    return range ? [{ second, ...range }] : [];
  }).flat();
}

it('does not halve within seconds, and the truth lies within what was said four times out of five', () => {
  let asked = 0;
  let right = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.constantFrom(1, 2, 4), (seed, slots) => {
      const all = said(seed, slots);
      const end = all.at(-1)!.second + 1;
      // The last seconds are a matter of single leaves.
      const before = all.filter(({ second }) => end - second > 8);
      before.slice(3).forEach(({ second, least, most }, at) => {
        const then = before[at];
        const passed = second - then.second;
        expect(Math.sqrt(least * most)).toBeGreaterThan((Math.sqrt(then.least * then.most) - passed) / 2);
      });
      asked += before.length;
      right += before.filter(({ second, least, most }) => least <= end - second && end - second <= most + 1).length;
    }),
    { seed: 1, numRuns: 200 },
  );
  expect(asked).toBeGreaterThan(1000);
  expect(right / asked).toBeGreaterThan(0.8);
});
