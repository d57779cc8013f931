import { expect, test } from 'vitest';
import { epsilonOf } from './image-regions.js';

test.each([
  ['0.02', 0.02],
  ['0', 0],
  ['8/255', 8 / 255],
  [' 8 / 255 ', 8 / 255],
  ['0.5/255', 0.5 / 255],
  ['3', 3],
])('--epsilon %s is a distance', (text, distance) => {
  expect(epsilonOf(text)).toBe(distance);
});

test.each(['', '8/', '/255', '8/0', '0/0', '1/2/3', '-8/255', '8/-255', 'near', 'Infinity', '0,1'])(
  "--epsilon '%s' is refused, with an example of each form",
  (text) => {
    expect(() => epsilonOf(text)).toThrow(
      `--epsilon ${text} is no distance; give a number of at least 0, such as 0.1 or 8/255`,
    );
  },
);

test('without --epsilon it is asked for', () => {
  expect(() => epsilonOf(undefined)).toThrow('how far may an input move? give --epsilon');
});
