import { choiceAt, countOf } from '@mipnet/encoding';
import { expect, test } from 'vitest';
import { contains, distance } from './region.js';
import { rowRegion, type InputMoves } from './row-region.js';

/** A whole number, another number, one that does not move, and a category of three values. */
const moves: InputMoves = {
  reach: Float64Array.of(2, 0.5, 0, 0, 0, 0),
  whole: Uint8Array.of(1, 0, 1, 0, 0, 0),
  groups: [Int32Array.of(3, 4, 5)],
};
const row = Float64Array.of(39, 0.25, 7, 0, 1, 0);
const linf = { norm: 'linf', radius: 1, isAsked: false } as const;
const others = (...values: number[]): Float64Array => Float64Array.from(values);

test('numbers move within their reach, whole numbers on whole numbers, categories to one value', () => {
  const region = rowRegion(row, moves, linf);
  expect(contains(region, row)).toBe(true);
  expect(contains(region, others(41, -0.25, 7, 0, 0, 1))).toBe(true);
  expect(contains(region, others(40.5, 0.25, 7, 0, 1, 0)), 'half a year').toBe(false);
  expect(contains(region, others(42, 0.25, 7, 0, 1, 0)), 'beyond its reach').toBe(false);
  expect(contains(region, others(39, 0.25, 8, 0, 1, 0)), 'immovable').toBe(false);
  expect(contains(region, others(39, 0.25, 7, 1, 1, 0)), 'two values').toBe(false);
  expect(contains(region, others(39, 0.25, 7, 0, 0, 0)), 'no value').toBe(false);
  expect(contains(region, others(39, 0.25, 7, 0, 0.5, 0.5)), 'half of two values').toBe(false);
});

test('beyond 2^24 whole numbers move like others: float32 does not have all of them', () => {
  const moves: InputMoves = { reach: Float64Array.of(2), whole: Uint8Array.of(1), groups: [] };
  const choicesAt = (centre: number) => rowRegion(others(centre), moves, linf).choices![0];
  expect(choicesAt(2 ** 24 - 2)).not.toBeNull();
  expect(choicesAt(2 ** 24)).toBeNull();
  expect(choicesAt(-(2 ** 24) - 1)).toBeNull();
});

test('a row with a value that training has not seen may keep it', () => {
  const region = rowRegion(others(39, 0.25, 7, 0, 0, 0), moves, linf);
  expect(contains(region, others(39, 0.25, 7, 0, 0, 0))).toBe(true);
  expect(contains(region, others(39, 0.25, 7, 1, 0, 0))).toBe(true);
  expect(contains(region, others(39, 0.25, 7, 1, 0, 1))).toBe(false);
});

test('a number that is not whole in this row moves like any other; bounds of whole numbers are whole', () => {
  const half = rowRegion(others(39.5, 0.25, 7, 0, 1, 0), moves, linf);
  expect(half.choices![0]).toBeNull();
  expect(contains(half, others(40.125, 0.25, 7, 0, 1, 0))).toBe(true);
  const odd = rowRegion(row, { ...moves, reach: Float64Array.of(2.9, 0, 0, 0, 0, 0) }, linf);
  expect([odd.box.lower[0], odd.box.upper[0]]).toEqual([37, 41]);
  expect(Array.from({ length: countOf(odd.choices![0]!) }, (_, at) => choiceAt(odd.choices![0]!, at))).toEqual([
    37, 38, 39, 40, 41,
  ]);
});

test('distances are in the unit of the radius, and categories have none', () => {
  const fixed = { ...moves, groups: [] };
  const { ball } = rowRegion(row, fixed, { norm: 'l1', radius: 0.1, isAsked: false });
  expect(distance(ball!, others(41, 0.25, 7, 0, 1, 0))).toBeCloseTo(0.1);
  expect(distance(ball!, others(40, 0.5, 7, 0, 1, 0))).toBeCloseTo(0.1);
  expect(() => rowRegion(row, moves, { ...linf, isAsked: true })).toThrow(/a category has no distance/);
});
