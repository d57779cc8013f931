import { seededRandom } from '@mipnet/dataset/stored';
import type { Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import type { Query } from '../query.js';
import { sampleAttack } from './sample-attack.js';
import { prepareScore } from './score.js';

/** 1 - 100 |x - 0.7| - 100 |y - 0.2| by four ReLUs: above 0 in 0.0001 of the box. */
const diamond: Network = {
  inputShape: [2],
  layers: [
    {
      kind: 'dense',
      inputs: 2,
      outputs: 4,
      weights: Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1),
      bias: Float64Array.of(-0.7, 0.7, -0.2, 0.2),
    },
    { kind: 'activation', activation: 'relu' },
    {
      kind: 'dense',
      inputs: 4,
      outputs: 1,
      weights: Float64Array.of(-100, -100, -100, -100),
      bias: Float64Array.of(1),
    },
  ],
};
const query: Query = {
  goal: 'any',
  region: { box: { lower: Float64Array.of(0, 0.2), upper: Float64Array.of(1, 1) } },
  unsafe: [[{ coefficients: Float64Array.of(1), constant: 0 }]],
};

function sampled(samples: number, seed = 0) {
  const points: Float64Array[] = [];
  let found: Float64Array | undefined;
  sampleAttack(prepareScore(diamond), query, {
    random: seededRandom(seed),
    samples,
    inspect: (point, _, isUnsafe) => {
      points.push(point.slice());
      if (isUnsafe) found = point.slice();
      return isUnsafe;
    },
  });
  return { points, found };
}

test('finds an unsafe part that is a tiny share of the box, by moves from the best samples', () => {
  for (const seed of [0, 1, 2, 3]) {
    const { found, points } = sampled(2000, seed);
    expect(found).toBeDefined();
    expect(points.at(-1)).toEqual(found);
  }
});

test('stays in the region, and the seed decides every point', () => {
  const { points } = sampled(300);
  expect(points.every(([x, y]) => x >= 0 && x <= 1 && y >= 0.2 && y <= 1)).toBe(true);
  expect(sampled(300).points).toEqual(points);
});
