import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { networkOfPlan } from '../plan/network-of-plan.js';
import { parsePlan } from '../plan/parse-plan.js';
import type { Plan } from '../plan/plan-schema.js';
import { candidatePlans, type DataShape } from './candidate-plans.js';

const plansOf = (shape: Omit<DataShape, 'classes'>, classes = 3): Plan[] =>
  candidatePlans({ ...shape, classes }).map(({ about, ...plan }) => parsePlan(stringify(plan), about));

test('every candidate is a plan, trains on all rows, and draws none of them', () => {
  for (const inputShape of [[4], [1, 8, 8], [1, 28, 28]]) {
    for (const rows of [50, 500, 5_000, 50_000]) {
      for (const { dataset } of plansOf({ rows, inputShape })) {
        expect(dataset.validationPerClass).toBe(0);
        expect([dataset.perClass, dataset.examples, dataset.indices]).toEqual([undefined, undefined, undefined]);
      }
    }
  }
});

test('the simplest comes first, and more rows bear more neurons', () => {
  const neurons = (rows: number): number[] =>
    plansOf({ rows, inputShape: [4] }).map(({ network }) =>
      Math.max(...network.flatMap((layer) => ('dense' in layer ? [layer.dense] : []))),
    );
  expect(neurons(100)).toEqual([1, 1, 1, 1, 32, 32, 32, 32, 32]);
  expect(neurons(999)).toEqual([1, 1, 1, 1, 32, 128, 128, 128, 128]);
  expect(neurons(1_000)).toEqual([1, 1, 1, 1, 32, 256, 256, 256, 256]);
});

test('many rows are trained by batches, and a million is cut', () => {
  const [small] = plansOf({ rows: 5_000, inputShape: [4] });
  const [large] = plansOf({ rows: 5_001, inputShape: [4] });
  const [huge] = plansOf({ rows: 1_000_000, inputShape: [4] });
  expect(small.splits).toEqual([{ name: 'pairs' }]);
  expect(large.splits).toEqual([{ name: 'pairs' }, { name: 'batches', kind: 'consensus', size: 2_500, rounds: 2 }]);
  expect([large.dataset.examples, huge.dataset.examples]).toEqual([undefined, 50_000]);
});

test('numbers of a table are scaled by deviations and rounded; pixels are exact already', () => {
  const [table] = plansOf({ rows: 100, inputShape: [64] });
  expect([table.dataset.deviations, table.network[0]]).toEqual([2.5, { quantize: 64 }]);
  for (const { dataset, network } of plansOf({ rows: 100, inputShape: [1, 8, 8] })) {
    expect(dataset.deviations).toBeUndefined();
    expect(network.some((layer) => 'quantize' in layer)).toBe(false);
  }
});

test('large images get filters; a few of them are moved by a pixel, many are trained hardest first', () => {
  const [few, ...none] = plansOf({ rows: 400, inputShape: [1, 28, 28] });
  expect(none).toEqual([]);
  expect([few.dataset.shifts, few.splits.map(({ name }) => name)]).toEqual([4, ['layers', 'neurons', 'pairs']]);
  const [many] = plansOf({ rows: 60_000, inputShape: [1, 28, 28] });
  expect([many.dataset.shifts, many.splits.at(-1)?.name]).toEqual([0, 'batches']);
});

test('of several classes a vote is whole from half a margin on; of two it says how sure it is', () => {
  const votes = (classes: number): (number | undefined)[] =>
    plansOf({ rows: 100, inputShape: [4] }, classes)
      .slice(0, 2)
      .map(({ network }) => network.at(-1))
      .map((last) => last && ('high' in last ? last.high : undefined));
  expect([votes(3), votes(2)]).toEqual([
    [32, 4],
    [1024, 128],
  ]);
});

test('small images get fixed filters for edges beside the lines, also as columns of a table', () => {
  const pixels = { image: [8, 8], blank: [0, 24, 32, 39] } as const;
  for (const shape of [{ inputShape: [1, 8, 8] }, { inputShape: [60], pixels }]) {
    const plans = plansOf({ rows: 1_257, ...shape }, 10);
    expect(plans).toHaveLength(6);
    const { network } = networkOfPlan(plans[4].network, shape.inputShape);
    // Pools of side 2 and stride 1 on 8 x 8 responses of 8 filters, beside the inputs.
    expect(network.layers.at(-2)).toMatchObject({
      kind: 'dense',
      inputs: shape.inputShape.reduce((a, b) => a * b) + 392,
    });
  }
});
