import { expect, test } from 'vitest';
import { durationText, rangeText } from './duration.js';

test('durations are written in the units that fit', () => {
  const texts = [0.2, 5, 59.4, 59.6, 99, 125, 12_000, 400_000].map((seconds) => durationText(seconds));
  expect(texts).toEqual(['0 s', '5 s', '59 s', '1 min 0 s', '1 min 39 s', '2 min 5 s', '3 h 20 min', '4 days']);
});

test('short times have as many digits as are asked for', () => {
  expect([0.01234, 1.239, 59.4, 125].map((seconds) => durationText(seconds, 3))).toEqual([
    '0.0123 s',
    '1.24 s',
    '59.4 s',
    '2 min 5 s',
  ]);
});

test('a range has one unit, rounded outwards; a narrow one is about its middle', () => {
  const texts = [
    [60, 120],
    [40, 70],
    [100, 110],
    [10, 170],
    [0, 3],
    [4000, 9000],
    [90_000, 200_000],
  ].map(([least, most]) => rangeText({ least, most }));
  expect(texts).toEqual([
    '1 to 2 min',
    '40 to 70 s',
    'about 1 min 45 s',
    'less than 3 min',
    'less than 3 s',
    '1 to 3 h',
    '1 to 3 days',
  ]);
});
