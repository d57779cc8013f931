import { expect, test } from 'vitest';
import { confusionText } from './confusion-text.js';

test('rows are true classes, columns predictions, aligned', () => {
  expect(
    confusionText(
      ['no', 'yes'],
      [
        [120, 3],
        [4, 15],
      ],
    ),
  ).toEqual(['true   no  yes', 'no    120    3', 'yes     4   15']);
});

test('long names are cut, and more than twelve classes are left out', () => {
  expect(
    confusionText(
      ['Iris-versicolor', 'b'],
      [
        [1, 2],
        [3, 4],
      ],
    )[1],
  ).toBe('Iris-versic~             1             2');
  expect(confusionText(Array.from({ length: 13 }, String), [])).toEqual([]);
});

test('a name stays on its line', () => {
  const lines = confusionText(
    ['a\nb', 'c'],
    [
      [1, 0],
      [0, 1],
    ],
  );
  expect(lines.every((line) => !line.includes('\n'))).toBe(true);
});
