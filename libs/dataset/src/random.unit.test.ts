import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from './random.js';

const take = (count: number, next: () => number): number[] => Array.from({ length: count }, next);

test('the same seed and stream give the same numbers, for ever', () => {
  const random = seededRandom(7, 'batches', 3);
  expect(take(5, () => random.integer(1000))).toEqual([86, 112, 975, 153, 279]);
});

test('seeds and streams are different generators', () => {
  const first = (...key: [number, ...(string | number)[]]): number => seededRandom(...key).uniform();
  const all = [first(0), first(1), first(-1), first(0, 'a'), first(0, 'b'), first(0, 'a', 1), first(0, 'a1')];
  expect(new Set(all).size).toBe(all.length);
});

test('uniform, integer and normal have the moments they should', () => {
  const random = seededRandom(1);
  const count = 40_000;
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const uniform = take(count, random.uniform);
  expect(Math.min(...uniform.slice(0, 1000))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform.slice(0, 1000))).toBeLessThan(1);
  expect(mean(uniform)).toBeCloseTo(0.5, 2);
  const normal = take(count, random.normal);
  expect(mean(normal)).toBeCloseTo(0, 1);
  expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < count; i++) counts[random.integer(7)]++;
  for (const seen of counts) expect(Math.abs(seen / count - 1 / 7)).toBeLessThan(0.01);
});

test('shuffle keeps every item, in arrays and typed arrays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const sorted = (values: ArrayLike<number>): number[] => Array.from(values).sort((a, b) => a - b);
      expect(sorted(seededRandom(seed).shuffle([...items]))).toEqual(sorted(items));
      expect(Array.from(seededRandom(seed).shuffle(Int32Array.from(items)))).toEqual(
        seededRandom(seed).shuffle([...items]),
      );
    }),
  );
});

test('every order of three items is as likely', () => {
  const random = seededRandom(2);
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.shuffle([0, 1, 2]).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('a seed must be an integer', () => {
  expect(() => seededRandom(0.5)).toThrow(RangeError);
  expect(() => seededRandom(0).integer(0)).toThrow(RangeError);
});
