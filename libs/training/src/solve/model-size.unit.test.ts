import { forward, type Dense } from '@mipnet/network';
import { expect, test } from 'vitest';
import { smallProblem } from '../testing/small-problem.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { leafData } from '../rows/leaf-data.js';
import { sizeOfProblem } from './solve-problem.js';

// What is known costs nothing: the model of a problem is as large as its unknowns, however the problem is written.

const rows = [
  [0, 1, 2],
  [1, 1, 0],
  [2, 0, 1],
  [2, 2, 1],
  [0, 0, 1],
];
const labels = [0, 1, 1, 0, 0];

/** A problem with its data as a run reads them: through the frozen layers in front, equal samples as one. */
function sizeOf(problem: TrainingProblem, from: readonly (readonly number[])[]): ReturnType<typeof sizeOfProblem> {
  const samples = {
    name: 'rows',
    classes: ['a', 'b'],
    inputShape: [from[0].length],
    count: from.length,
    size: from[0].length,
    features: Uint8Array.from(from.flat()),
    scale: 1,
    labels: problem.view.labels,
  };
  return sizeOfProblem(problem, leafData(problem, samples));
}

const oneLayer = (from: readonly (readonly number[])[], labelsOf: readonly number[] = labels) =>
  smallProblem({ layers: [{ outputs: 1, domain: 'ternary' }], rows: from, labels: labelsOf });

test('a frozen layer in front is computed: the model is that of the last layer on what it gives', () => {
  const { problem } = smallProblem({
    layers: [
      { outputs: 4, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'ternary' },
    ],
    rows,
    labels,
  });
  // x0 at least 1, x0 at least 2, x1 at least 1, x2 at least 1: no two samples look the same.
  const weights = Float64Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  const hidden: Dense = {
    ...(problem.network.layers[0] as Dense),
    weights,
    bias: Float64Array.of(-0.5, -1.5, -0.5, -0.5),
  };
  const frozen: TrainingProblem = {
    ...problem,
    network: { ...problem.network, layers: [hidden, ...problem.network.layers.slice(1)] },
    free: [null, null, problem.free[2]],
  };
  const seen = forward(
    { inputShape: [3], layers: frozen.network.layers.slice(0, 2) },
    Float64Array.from(rows.flat()),
    rows.length,
  );
  const given = rows.map((_, k) => [...seen.subarray(4 * k, 4 * k + 4)]);
  // Signs are no bytes, so these rows are not written as such.
  const alone = oneLayer(given);
  const size = sizeOf(frozen, rows);
  expect(size).toEqual(sizeOfProblem(alone.problem, { ...alone.data, grid: 1 }));
  expect(size.integers).toBeLessThan(sizeOf(problem, rows).integers);
});

test('a frozen layer behind has no product: fewer columns and rows than where it is free', () => {
  const { problem } = smallProblem({
    layers: [
      { outputs: 3, domain: 'ternary', activation: 'step' },
      { outputs: 1, domain: 'ternary' },
    ],
    rows,
    labels,
  });
  const last: Dense = { ...(problem.network.layers[2] as Dense), weights: Float64Array.of(1, 0, -1) };
  const frozen: TrainingProblem = {
    ...problem,
    network: { ...problem.network, layers: [...problem.network.layers.slice(0, 2), last] },
    free: [problem.free[0], null, null],
  };
  const [free, fixed] = [problem, frozen].map((either) => sizeOf(either, rows));
  expect(fixed.columns).toBeLessThan(free.columns);
  expect(fixed.rows).toBeLessThan(free.rows);
});

test('pixels that are zero in every sample leave the model', () => {
  const wider = rows.map(([a, b, c]) => [0, a, 0, b, c, 0]);
  const [narrow, wide] = [rows, wider].map((from) => sizeOf(oneLayer(from).problem, from));
  expect(wide).toEqual(narrow);
});

test('equal samples of equal label are one; of another label they are not', () => {
  const repeated = [...rows, ...rows, rows[0]];
  const whole = sizeOf(oneLayer(rows).problem, rows);
  expect(sizeOf(oneLayer(repeated, [...labels, ...labels, labels[0]]).problem, repeated)).toEqual(whole);
  const contradicting = sizeOf(oneLayer(repeated, [...labels, ...labels, 1 - labels[0]]).problem, repeated);
  expect(contradicting.rows).toBe(whole.rows + 1);
});

test('samples that a frozen layer cannot tell apart are one', () => {
  const { problem } = smallProblem({
    layers: [
      { outputs: 2, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'ternary' },
    ],
    rows,
    labels,
  });
  const blind: Dense = {
    ...(problem.network.layers[0] as Dense),
    weights: new Float64Array(6),
    bias: Float64Array.of(0.5, -0.5),
  };
  const frozen: TrainingProblem = {
    ...problem,
    network: { ...problem.network, layers: [blind, ...problem.network.layers.slice(1)] },
    free: [null, null, problem.free[2]],
  };
  // One row a label is left.
  expect(sizeOf(frozen, rows).rows).toBe(2);
});

test('a neuron whose sign is certain in the box of its weights needs no binary', () => {
  const layers = (upper: number) =>
    smallProblem({
      layers: [
        {
          outputs: 2,
          domain: 'integer(3)',
          activation: 'step',
          bias: false,
          lower: Float64Array.of(1, 1, 1, -1, -1, -1),
          upper: Float64Array.of(upper, upper, upper, 1, 1, 1),
        },
        { outputs: 1, domain: 'ternary' },
      ],
      rows,
      labels,
    }).problem;
  const unstable = smallProblem({
    layers: [
      {
        outputs: 2,
        domain: 'integer(3)',
        activation: 'step',
        bias: false,
        lower: new Float64Array(6).fill(-1),
        upper: new Float64Array(6).fill(1),
      },
      { outputs: 1, domain: 'ternary' },
    ],
    rows,
    labels,
  }).problem;
  const [stable, open] = [layers(2), unstable].map((either) => sizeOf(either, rows));
  // Neuron 0 is on in each of the five samples: five binaries less, and its products with the weight behind it.
  expect(open.integers - stable.integers).toBeGreaterThanOrEqual(rows.length);
  expect(stable.rows).toBeLessThan(open.rows);
});
