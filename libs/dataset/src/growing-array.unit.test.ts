import { expect, test } from 'vitest';
import { growingFloat64, growingInt32 } from './growing-array.js';

test('numbers come back in order, over the ends of chunks', () => {
  const numbers = growingFloat64();
  for (let i = 0; i < 200_000; i++) numbers.push(i / 4);
  numbers.set(70_000, -1);
  expect(numbers.length).toBe(200_000);
  for (const at of [0, 63, 64, 65_535, 65_536, 131_071, 131_072, 199_999]) expect(numbers.at(at)).toBe(at / 4);
  expect(numbers.at(70_000)).toBe(-1);
  expect(numbers.memory).toBe(4 * 65_536 * 8);
});

test('few numbers take little', () => {
  const few = growingInt32();
  few.push(7);
  expect([few.at(0), few.memory]).toEqual([7, 256]);
});
