import type { InputColumn } from '@mipnet/dataset';
import { describe, expect, test } from 'vitest';
import { epsilonOf, tableMoves } from './epsilon.js';

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

test('pixels have no standard deviation', () => {
  expect(() => epsilonOf('0.1sd')).toThrow('standard deviations are those of a table');
});

describe('the columns of a table', () => {
  const number = (name: string, sd: number, integer: boolean): InputColumn => ({
    kind: 'number',
    name,
    low: 0,
    high: 100,
    fill: 50,
    sd,
    integer,
  });
  const columns: readonly InputColumn[] = [
    number('age', 10, true),
    { kind: 'category', name: 'job', values: ['clerk', 'sales', '?'] },
    number('income, net', 2000, false),
    { kind: 'category', name: 'sex', values: ['f', 'm'] },
  ];
  /** Reach of each column (of the first input), movable inputs, radius and its unit. */
  const read = (text: string) => {
    const { moves, radius, unit } = tableMoves(text, columns);
    return [[moves.reach[0], moves.reach[4]], moves.groups.map((group) => [...group]), `${radius} ${unit}`];
  };

  test.each([
    ['5', [5, 5], [], '5 raw'],
    ['0.1sd', [1, 200], [], '0.1 sd'],
    ['0.1sd,age=0', [0, 200], [], '0.1 sd'],
    ['age=2', [2, 0], [], '2 raw'],
    ['age=2,income, net=1/4sd', [2, 500], [], '1 epsilon'],
    ['job=any', [0, 0], [[1, 2, 3]], '1 epsilon'],
    [
      '0.1sd, job=any ,sex=any,age=1',
      [1, 200],
      [
        [1, 2, 3],
        [5, 6],
      ],
      '1 epsilon',
    ],
    ['0.1sd,sex=0', [1, 200], [], '0.1 sd'],
  ])('%s', (text, reach, groups, radius) => {
    expect(read(text)).toEqual([reach, groups, radius]);
  });

  test('whole numbers are marked', () => {
    expect([...tableMoves('1', columns).moves.whole]).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });

  test.each([
    ['height=2', "there is no column 'height'; the network's columns are age, job, income, net, sex"],
    ['job=2', 'job is a category; give job=any'],
    ['age=any', 'age is a number; give how far it may move'],
    ['age=2,age=3', 'it names age twice'],
    ['1,2', 'two distances for every column'],
    ['age=near', '--epsilon near is no distance'],
    ['age', '--epsilon age is no distance'],
    ['age=-1', '--epsilon -1 is no distance'],
    ['', '--epsilon  is no distance'],
  ])("'%s' is refused: %s", (text, message) => {
    expect(() => tableMoves(text, columns)).toThrow(message);
  });
});
