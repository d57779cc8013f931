import { forward, type Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { noLeaves, type Solved } from '@mipnet/recursion';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incumbent, IncumbentStatus } from '../problem/incumbent.js';
import { smallProblem } from '../testing/small-problem.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { pairs, pairsOf } from './pairs.js';
import type { Part } from './split.js';

const classes = 4;
const inputs = 3;

/** Twelve samples of four classes; the network is that of one pair. */
function problemOf(): TrainingProblem {
  const rows = Array.from({ length: 12 }, (_, k) => [k % 3, k % 4, k % 5]);
  const { problem } = smallProblem({
    layers: [{ outputs: 1, domain: 'ternary', activation: 'sign' }],
    rows,
    labels: rows.map((_, k) => k % classes),
  });
  const none = { ...problem.view, validationRows: Int32Array.of(20, 21, 22), validationLabels: Int32Array.of(0, 3, 1) };
  return { ...problem, view: none, splits: [{ name: 'pairs' }] };
}

const neuron = (weights: readonly number[], bias: number): Network => ({
  inputShape: [inputs],
  layers: [
    { kind: 'dense', inputs, outputs: 1, weights: Float64Array.from(weights), bias: Float64Array.of(bias) },
    { kind: 'activation', activation: 'sign' },
  ],
});
const solved: Solved = {
  name: 'part',
  objective: null,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: noLeaves,
  seconds: { solver: 0, merge: 0 },
  stopped: false,
};
const partOf = (network: Network, objective: number, bound: number | null, status: IncumbentStatus): Part => ({
  solved,
  incumbent: { network, objective, bound, status, stages: [] },
});

const round = (problem: TrainingProblem) => ({
  problem,
  spec: { name: 'pairs' as const },
  state: { round: 0 },
  current: undefined,
  store: new MemoryStore(),
});
const merge = async (parts: readonly (Part | undefined)[]): Promise<Incumbent | null> =>
  (await pairs.merge(round(problemOf()), parts)).incumbent;

const part = fc.record({
  weights: fc.array(fc.integer({ min: -1, max: 1 }), { minLength: inputs, maxLength: inputs }),
  bias: fc.integer({ min: -3, max: 3 }).map((n) => n + 0.5),
  objective: fc.integer({ min: 0, max: 9 }),
});

describe('pairs', () => {
  test('divides into all pairs, each with its own rows and labels 0 and 1', async () => {
    const problem = problemOf();
    const parts = await pairs.divide(round(problem));
    expect(parts.map(({ name }) => name)).toEqual([
      'pair 0v1',
      'pair 0v2',
      'pair 0v3',
      'pair 1v2',
      'pair 1v3',
      'pair 2v3',
    ]);
    for (const [index, [a, b]] of pairsOf(classes).entries()) {
      const { view, splits } = parts[index];
      expect([...view.classes]).toEqual([a, b]);
      expect([...view.rows]).toEqual([...problem.view.rows].filter((row) => [a, b].includes(row % classes)));
      expect([...view.labels]).toEqual([...view.rows].map((row) => (row % classes === b ? 1 : 0)));
      expect(splits).toEqual([]);
    }
    expect([...parts[2].view.validationRows]).toEqual([20, 21]);
    expect([...parts[2].view.validationLabels]).toEqual([0, 1]);
    expect(await pairs.divide(round(problem))).toEqual(parts);
  });

  test('a vote may be graded, if it is as large for one class as for the other', async () => {
    const clip = { kind: 'activation', activation: 'clip', low: -2, high: 2 } as const;
    const graded = (network: Network): Network => ({ ...network, layers: [network.layers[0], clip] });
    const problem = { ...problemOf(), network: graded(problemOf().network) };
    expect(() => pairs.check(problem, { name: 'pairs' })).not.toThrow();
    const lopsided = { ...problem.network, layers: [problem.network.layers[0], { ...clip, low: 0 }] };
    expect(() => pairs.check({ ...problem, network: lopsided }, { name: 'pairs' })).toThrow('clip from -x to x');
    const first = graded(neuron([1, 0, 0], 0.5));
    const merged = await merge([partOf(first, 1, 0, 'feasible'), ...new Array<undefined>(5).fill(undefined)]);
    // Scores 0.5 and 7.5 of the pair of classes 0 and 1.
    expect([...forward(merged!.network, Float64Array.of(0, 0, 0, 7, 0, 0), 2)].map((vote) => vote + 0)).toEqual([
      -0.5, 0.5, 0, 0, -2, 2, 0, 0,
    ]);
  });

  test('the merged network gives each class its votes, counted by hand, whatever parts are missing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(part, { freq: 4 }), { minLength: 6, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: inputs, maxLength: inputs }),
        async (list, x) => {
          const merged = await merge(
            list.map((given) =>
              given === null
                ? undefined
                : partOf(neuron(given.weights, given.bias), given.objective, given.objective / 2, 'feasible'),
            ),
          );
          if (list.every((given) => given === null)) return void expect(merged).toBeNull();
          const votes = new Array<number>(classes).fill(0);
          pairsOf(classes).forEach(([a, b], index) => {
            const given = list[index];
            if (given === null) return;
            const vote = given.weights.reduce((sum, weight, i) => sum + weight * x[i], given.bias) >= 0 ? 1 : -1;
            votes[b] += vote;
            votes[a] -= vote;
          });
          expect([...forward(merged!.network, Float64Array.from(x), 1)].map((vote) => vote + 0)).toEqual(
            votes.map((vote) => vote + 0),
          );
          const present = list.filter((given) => given !== null);
          expect(merged!.objective).toBeCloseTo(
            present.reduce((sum, { objective }) => sum + objective, 0),
            9,
          );
          if (present.length < list.length)
            return void expect(merged).toMatchObject({
              covers: { parts: present.length, of: 6, what: 'pairs' },
              bound: null,
              status: 'unresolved',
            });
          expect(merged!.covers).toBeUndefined();
          expect(merged!.bound).toBeCloseTo(
            present.reduce((sum, { objective }) => sum + objective / 2, 0),
            9,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is as certain as its least certain part', async () => {
    const parts = (...statuses: IncumbentStatus[]) =>
      statuses.map((status, k) => partOf(neuron([1, 0, k % 2], 0.5), 1, status === 'unresolved' ? null : 1, status));
    const six = (last: IncumbentStatus): IncumbentStatus[] => [
      'optimal',
      'optimal',
      'optimal',
      'optimal',
      'optimal',
      last,
    ];
    expect((await merge(parts(...six('optimal'))))?.status).toBe('optimal');
    expect((await merge(parts(...six('feasible'))))?.status).toBe('feasible');
    expect(await merge(parts(...six('unresolved')))).toMatchObject({ status: 'unresolved', bound: null });
    // A pair without a network: nothing is known of its loss.
    expect((await merge([...parts(...six('optimal')).slice(1), undefined]))?.status).toBe('unresolved');
  });

  test.each([
    [
      'one class',
      (problem: TrainingProblem) => ({ ...problem, view: { ...problem.view, classes: Int32Array.of(0) } }),
      /at least two classes/,
    ],
    [
      'no vote at the end',
      (problem: TrainingProblem) => ({
        ...problem,
        network: { ...problem.network, layers: problem.network.layers.slice(0, 1) },
      }),
      /activation sign/,
    ],
    [
      'a step instead of a sign',
      (problem: TrainingProblem) => ({
        ...problem,
        network: {
          ...problem.network,
          layers: [problem.network.layers[0], { kind: 'activation', activation: 'step' }],
        },
      }),
      /activation sign/,
    ],
    [
      'two outputs',
      () =>
        smallProblem({
          layers: [{ outputs: 2, domain: 'ternary', activation: 'sign' }],
          rows: [[1], [2]],
          labels: [0, 1],
        }).problem,
      /one neuron/,
    ],
  ] as [string, (problem: TrainingProblem) => TrainingProblem, RegExp][])('refuses %s', (_, change, message) => {
    expect(() => pairs.check(change(problemOf()), { name: 'pairs' })).toThrow(message);
    expect(() => pairs.check(change(problemOf()), { name: 'pairs' })).toThrow(
      expect.objectContaining({ code: 'problem' }),
    );
  });
});
