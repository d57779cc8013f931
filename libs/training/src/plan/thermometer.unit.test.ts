import { seededRandom } from '@mipnet/dataset';
import { forward } from '@mipnet/network';
import { expect, test } from 'vitest';
import { thermometerCuts, thermometerLayers } from './thermometer.js';

const cutsOf = (values: readonly number[], most: number): number[] =>
  thermometerCuts(Float64Array.from(values), 1, most).map(({ at }) => at);

test('few values: a cut between any two that follow each other', () => {
  expect(cutsOf([1, 0, 1, 0], 9)).toEqual([0.5]);
  expect(cutsOf([3, 1, 2, 2], 9)).toEqual([1.5, 2.5]);
});

test('many values: about equally many rows between two cuts', () => {
  const cuts = cutsOf(
    Array.from({ length: 100 }, (_, k) => k),
    3,
  );
  expect(cuts).toEqual([24.5, 49.5, 74.5]);
});

test('a value that nearly all rows have takes no more than one place', () => {
  const cuts = cutsOf([...new Array<number>(900).fill(0), ...Array.from({ length: 100 }, (_, k) => k + 1)], 4);
  // Behind 0, and then in the middle of what is left, not beside it.
  expect(cuts).toEqual([0.5, 34.5, 68.5]);
});

test('an input with one value has no cut, unless the layer would have none at all', () => {
  expect(thermometerCuts(Float64Array.of(7, 0, 7, 1), 2, 5)).toEqual([{ input: 1, at: 0.5 }]);
  expect(thermometerCuts(Float64Array.of(7, 7), 1, 5)).toHaveLength(1);
});

test('the layers compute the cuts, in float32 as in float64, for neighbouring float32 numbers, too', () => {
  const random = seededRandom(5);
  const next = (value: number): number =>
    new Float32Array(new Int32Array([new Int32Array(Float32Array.of(value).buffer)[0] + 1]).buffer)[0];
  const values = Array.from({ length: 60 }, () => Math.fround(random.uniform())).flatMap((value) => [
    value,
    next(value),
  ]);
  const cuts = thermometerCuts(Float64Array.from(values), 1, 1000);
  const coded = forward(
    { inputShape: [1], layers: thermometerLayers(cuts, 1) },
    Float64Array.from(values),
    values.length,
  );
  values.forEach((value, row) =>
    cuts.forEach(({ at }, output) => {
      expect(at).toBe(Math.fround(at));
      expect(coded[row * cuts.length + output]).toBe(value >= at ? 1 : 0);
      expect(Math.fround(value - at) >= 0).toBe(value >= at);
    }),
  );
  // Every distinct value has its own code.
  expect(new Set(values).size).toBe(cuts.length + 1);
});
