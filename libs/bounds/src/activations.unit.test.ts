import { activations, applied, piecesOf, type Activation } from '@mipnet/network';
import { describe, expect, test } from 'vitest';
import { imageOf, isUndecided } from './piecewise-image.js';
import { linesOf } from './piecewise-lines.js';
import { between, randomNumbers } from './testing/random-trained.js';

const drawn = Object.entries(activations).flatMap(([name, kind]) => {
  const random = randomNumbers(11);
  return Array.from({ length: 6 }, (_, seed): [string, number, Activation] => [name, seed, kind.draw(random)]);
});

/** An interval, some of whose ends are at a break or next to one. */
function interval(random: () => number, activation: Activation): [number, number] {
  const at = piecesOf(activation).breaks.map((one) => one.at);
  const end = () => {
    const near = at[Math.floor(random() * at.length)];
    return random() < 0.4 ? near + [0, 2 ** -30, -(2 ** -30)][Math.floor(3 * random())] : between(random, -3, 3);
  };
  const ends = [end(), end()].sort((one, other) => one - other);
  return [ends[0], ends[1]];
}

describe.each(drawn)('bounds of activation %s, instance %i', (_, seed, activation) => {
  const f = piecesOf(activation);
  const of = applied(activation);
  const around = linesOf(f);
  const random = randomNumbers(100 + seed);
  const cases = Array.from({ length: 300 }, () => interval(random, activation));
  /** Points of an interval, its ends and the breaks in it among them. */
  const pointsIn = ([low, high]: [number, number]) => [
    ...[low, high, ...f.breaks.flatMap(({ at }) => [at, at - 2 ** -31, at + 2 ** -31])].filter(
      (x) => x >= low && x <= high,
    ),
    ...Array.from({ length: 12 }, () => Math.min(high, low + random() * (high - low))),
  ];

  /** What is false, each with its numbers: `expect` for each of the points takes most of a minute. */
  const faultsOf = (statements: readonly [string, boolean][], ...numbers: readonly number[]): string[] =>
    statements.filter(([, holds]) => !holds).map(([what]) => `${what}: ${numbers.join(' ')}`);

  test('every value lies in the image, between the lines, and the ends of the image are values', () => {
    const faults: string[] = [];
    for (const given of cases) {
      const image = { lower: 0, upper: 0 };
      const lines = { lowerSlope: 0, lowerOffset: 0, upperSlope: 0, upperOffset: 0 };
      imageOf(f, ...given, 0, image);
      around(...given, 0, lines);
      let [least, most] = [Infinity, -Infinity];
      for (const x of pointsIn(given)) {
        const y = of(x);
        [least, most] = [Math.min(least, y), Math.max(most, y)];
        // This arithmetic rounds, too.
        const slack = 1e-15 * (Math.abs(x) + Math.abs(y));
        const statements: [string, boolean][] = [
          ['below the image', y >= image.lower],
          ['above the image', y <= image.upper],
          ['below the lower line', y + slack >= lines.lowerSlope * x + lines.lowerOffset],
          ['above the upper line', y - slack <= lines.upperSlope * x + lines.upperOffset],
        ];
        faults.push(...faultsOf(statements, ...given, x, y));
      }
      // The least value of a jump may be beside it only.
      const ends: [string, boolean][] = [
        ['the lower end is no value', least - image.lower < 1e-6],
        ['the upper end is no value', image.upper - most < 1e-6],
      ];
      faults.push(...faultsOf(ends, ...given));
    }
    expect(faults).toEqual([]);
  });

  test('where a unit is decided one line is the function', () => {
    let decided = 0;
    const faults: string[] = [];
    for (const given of cases) {
      if (isUndecided(f, ...given)) continue;
      decided++;
      const lines = { lowerSlope: 0, lowerOffset: 0, upperSlope: 0, upperOffset: 0 };
      around(...given, 0, lines);
      for (const x of pointsIn(given)) {
        const statements: [string, boolean][] = [
          ['lower line', Math.abs(lines.lowerSlope * x + lines.lowerOffset - of(x)) < 5e-13],
          ['upper line', Math.abs(lines.upperSlope * x + lines.upperOffset - of(x)) < 5e-13],
        ];
        faults.push(...faultsOf(statements, ...given, x));
      }
    }
    expect(faults).toEqual([]);
    expect(decided).toBeGreaterThan(20);
  });

  test('where it is undecided two points of the interval are on different pieces', () => {
    for (const [low, high] of cases.filter((given) => isUndecided(f, ...given))) {
      const middle = of((low + high) / 2);
      const isLine = pointsIn([low, high]).every((x) => {
        const line = of(low) + ((of(high) - of(low)) * (x - low)) / (high - low);
        return Math.abs(of(x) - line) < 1e-14;
      });
      expect(isLine && Math.abs(middle - (of(low) + of(high)) / 2) < 1e-14).toBe(false);
    }
  });
});
