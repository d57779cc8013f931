import {
  affineCopies,
  defaultAffine,
  drawDigits,
  fourNeighbours,
  selectRows,
  shiftImages,
  valuesOf,
} from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { smallProblem } from '../testing/small-problem.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { copiesOf, eachCopy, partOfView, samplesPerRow, withoutCopies } from './copies.js';
import { chosenRows } from '../splits/hardest-first.js';
import { leafData } from './leaf-data.js';

const { train } = drawDigits({ trainPerClass: 1, testPerClass: 1 });
const rows = Int32Array.of(1, 4, 7);
const chosen = selectRows(train, rows);
const affine = { ...defaultAffine, copies: 3, seed: 5 };

function problemOf(shifts: number): TrainingProblem {
  const { problem } = smallProblem({
    layers: [{ outputs: 1, domain: 'ternary' }],
    rows: [Array(784).fill(0)],
    labels: [0],
  });
  const view = { ...problem.view, rows, labels: Int32Array.of(0, 1, 0), shifts, affine };
  return { ...problem, view, network: { ...problem.network, inputShape: [784] } };
}

test('a leaf trains on the images, then on their shifted, then on their affine copies, each with its label', () => {
  const { features, labels, sampleWeights } = leafData(problemOf(4), chosen);
  const expected = [
    chosen,
    ...fourNeighbours.map((shift) => shiftImages(chosen, shift)),
    ...[0, 1, 2].map((number) => affineCopies(chosen, rows, defaultAffine, { seed: 5, number })),
  ];
  expect(features).toEqual(Float64Array.from(expected.flatMap((samples) => [...valuesOf(samples)])));
  expect([...labels]).toEqual(expected.flatMap(() => [0, 1, 0]));
  expect(sampleWeights).toEqual(new Float64Array(24).fill(1));
});

test('a copy does not depend on which rows are read with it', () => {
  const last = copiesOf({ shifts: 0, affine }).at(-1)!;
  const alone = last(selectRows(train, [7]), { rows: Int32Array.of(7) });
  expect(alone.features).toEqual(last(chosen, { rows }).features.subarray(2 * 784));
});

test('the images are counted with their copies', () => {
  expect(samplesPerRow({ shifts: 0 })).toBe(1);
  expect(samplesPerRow({ shifts: 4, affine })).toBe(8);
  expect(copiesOf({ shifts: 4, affine })).toHaveLength(8);
});

test('with a row for each copy, a leaf trains on the same samples, and on any choice of them', () => {
  const problem = problemOf(4);
  const { features, labels } = leafData(problem, chosen);
  const view = eachCopy(problem.view);
  expect(view.rows).toHaveLength(24);
  expect(samplesPerRow(view)).toBe(1);
  expect(eachCopy(view)).toBe(view);
  const read = (of: Int32Array): typeof chosen => selectRows(train, of);
  expect(leafData({ ...problem, view }, read(view.rows))).toMatchObject({ features, labels });

  const some = chosenRows(view, Int32Array.of(23, 2, 13, 4));
  const expected = [23, 2, 13, 4].flatMap((at) => [...features.subarray(at * 784, (at + 1) * 784)]);
  const data = leafData({ ...problem, view: some }, read(some.rows));
  expect([...data.features]).toEqual(expected);
  expect([...data.labels]).toEqual([23, 2, 13, 4].map((at) => labels[at]));
  const [copy] = copiesOf(some);
  const last = copy(read(some.rows.subarray(3)), partOfView(some, 3, 4));
  expect([...valuesOf(last)]).toEqual(expected.slice(-784));
});

test('an image without copies is a view as it was; rows that are single copies stay', () => {
  const { view } = problemOf(4);
  expect(samplesPerRow(withoutCopies(view))).toBe(1);
  expect(withoutCopies(eachCopy(view))).toEqual(eachCopy(view));
});
