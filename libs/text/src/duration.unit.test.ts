import { expect, test } from 'vitest';
import { durationText } from './duration.js';

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
