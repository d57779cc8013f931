import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDecided, linesOn, valueAt, type Piecewise } from './piecewise.js';

const functions: Readonly<Record<string, Piecewise>> = {
  relu: {
    breaks: [0],
    pieces: [
      [0, 0],
      [1, 0],
    ],
  },
  abs: {
    breaks: [0],
    pieces: [
      [-1, 0],
      [1, 0],
    ],
  },
  'leaky relu': {
    breaks: [0],
    pieces: [
      [1.7, 0],
      [1, 0],
    ],
  },
  clip: {
    breaks: [-0.5, 1],
    pieces: [
      [0, -0.5],
      [1, 0],
      [0, 1],
    ],
  },
  sign: {
    breaks: [0],
    pieces: [
      [0, -1],
      [0, 1],
    ],
    atBreak: 0,
  },
  step: {
    breaks: [0.25],
    pieces: [
      [0, 3],
      [0, -2],
    ],
    atBreak: -2,
  },
  floor: 'floor',
};

const number = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-1, -0.5, 0, 0.25, 1, 2));
const slope = fc.option(fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(-1e6, 1e9)), {
  nil: undefined,
});

test.each(Object.entries(functions))('%s lies between its lines, whatever their slopes', (_, f) => {
  fc.assert(
    fc.property(number, number, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), slope, slope, (...drawn) => {
      const [low, high] = [Math.min(drawn[0], drawn[1]), Math.max(drawn[0], drawn[1])];
      const { lower, upper, least, most } = linesOn(f, low, high, { lower: drawn[3], upper: drawn[4] });
      const inside = drawn[2].map((share) => Math.min(high, low + share * (high - low)));
      const bends = f === 'floor' ? [-2, -1, 0, 1, 2] : f.breaks;
      for (const x of [low, high, ...inside, ...bends.filter((at) => low <= at && at <= high)]) {
        const y = valueAt(f, x);
        // The test itself rounds.
        const slack = 2 ** -51 * (Math.abs(lower[0] * x) + Math.abs(upper[0] * x) + 1);
        expect(lower[0] * x + lower[1]).toBeLessThanOrEqual(y + slack);
        expect(upper[0] * x + upper[1]).toBeGreaterThanOrEqual(y - slack);
        expect(y).toBeGreaterThanOrEqual(least);
        expect(y).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 500 },
  );
});

test('which intervals have one piece', () => {
  const { relu, sign, step, floor } = functions;
  expect([isDecided(relu, 0, 1), isDecided(relu, -1, 0), isDecided(relu, -1, 1)]).toEqual([true, true, false]);
  // sign(0) is neither -1 nor 1; a step is its upper side at its threshold.
  expect([isDecided(sign, 0, 1), isDecided(sign, -1, -Number.MIN_VALUE), isDecided(sign, 0, 0)]).toEqual([
    false,
    true,
    true,
  ]);
  expect([isDecided(step, 0.25, 1), isDecided(step, 0, 0.25)]).toEqual([true, false]);
  expect([isDecided(floor, 1, 1.5), isDecided(floor, 1, 2)]).toEqual([true, false]);
});

test('without slopes: the least area, but flat lines at a jump', () => {
  expect(linesOn(functions.relu, -1, 3).lower[0]).toBe(1);
  expect(linesOn(functions.relu, -3, 1).lower[0]).toBe(0);
  expect(linesOn(functions.relu, -1, 3).upper[0]).toBe(0.75);
  expect(linesOn(functions.sign, -1, 3)).toMatchObject({ least: -1, most: 1 });
  expect(linesOn(functions.sign, -1, 3).upper[0]).toBe(0);
});
