import { describe, expect, it } from 'vitest';
import { drawDigits } from '@mipnet/dataset';
import { classify, forward, type Activation, type Layer, type Network } from '@mipnet/network';
import { misclassificationOf } from '../misclassification.js';
import { isUnsafe, query } from '../query.js';
import { ballRegion, boxRegion, contains, type Norm } from '../region.js';
import { findWitness } from './find-witness.js';

const { train, test } = drawDigits({ trainPerClass: 20, testPerClass: 4, seed: 1 });
if (test === null) throw new Error('digits come with test images');
const image = (index: number) =>
  Float64Array.from(test.features.subarray(index * 784, (index + 1) * 784), (value) => value * test.scale);

/** Means of the classes of the training images. */
const means = Array.from({ length: 10 }, (_, label) => {
  const sum = new Float64Array(784);
  for (let k = 0; k < train.count; k++)
    if (train.labels[k] === label)
      for (let i = 0; i < 784; i++) sum[i] += (train.features[k * 784 + i] * train.scale) / 20;
  return sum;
});

/** 45 ternary neurons, each for a pair of classes, and votes: the shape of a binarized network, without training. */
function votes(): Network {
  const pairs = means.flatMap((_, one) => means.slice(one + 1).map((__, k) => [one, one + 1 + k]));
  const weights = new Float64Array(45 * 784);
  const bias = new Float64Array(45);
  const count = new Float64Array(450);
  pairs.forEach(([one, other], p) => {
    for (let i = 0; i < 784; i++) {
      const difference = means[one][i] - means[other][i];
      const w = Math.abs(difference) < 0.3 ? 0 : Math.sign(difference);
      weights[p * 784 + i] = w;
      bias[p] -= (w * (means[one][i] + means[other][i])) / 2;
    }
    bias[p] = (Math.round(bias[p] * 255) + 0.5) / 255;
    count[one * 45 + p] = 1;
    count[other * 45 + p] = -1;
  });
  const layers: Layer[] = [
    { kind: 'dense', inputs: 784, outputs: 45, weights, bias },
    { kind: 'activation', activation: 'sign' },
    { kind: 'dense', inputs: 45, outputs: 10, weights: count, bias: new Float64Array(10) },
  ];
  return { inputShape: [784], layers };
}

describe('findWitness', () => {
  it.each<[Norm, number]>([
    ['linf', 0.25],
    ['l1', 20],
  ])('fools a network of signs in an %s ball of %d, for most images', (norm, radius) => {
    const network = votes();
    let right = 0;
    let fooled = 0;
    for (let index = 0; index < 40; index += 4) {
      const label = test.labels[index];
      if (classify(network, image(index), 1)[0] !== label) continue;
      right++;
      const one = query(
        ballRegion({ norm, centre: image(index), radius }),
        misclassificationOf(network, label, 'lowest'),
      );
      const { witness } = findWitness(network, one, { restarts: 1, evaluations: 500 });
      if (witness === undefined) continue;
      fooled++;
      expect(contains(one.region, witness)).toBe(true);
      expect(classify(network, witness, 1)[0]).not.toBe(label);
    }
    expect(right).toBeGreaterThan(6);
    expect(fooled).toBeGreaterThan(right / 2);
  });

  it('finds the one corner where a deep enough conjunction holds, whatever the seed', () => {
    // y = x; all ten must be above 0.99 at once.
    const network: Network = { inputShape: [10], layers: [{ kind: 'flatten' }] };
    const rows = Array.from({ length: 10 }, (_, j) => ({
      coefficients: Float64Array.from({ length: 10 }, (__, i) => (i === j ? 1 : 0)),
      constant: -0.99,
    }));
    const one = query(boxRegion(new Float64Array(10), new Float64Array(10).fill(1)), [rows]);
    for (const seed of [0, 1, 2])
      expect(
        isUnsafe(one.unsafe, forward(network, findWitness(network, one, { seed }).witness as Float64Array, 1)),
      ).toBe(true);
  });

  it('gives the same answer for the same seed', () => {
    // y = |x_1| + ... + |x_12|, unsafe nowhere: every corner is as good as the others, and chance chooses.
    const both = Float64Array.from({ length: 24 * 12 }, (_, k) =>
      Math.floor(k / 24) === k % 12 ? (Math.floor(k / 12) % 2 === 0 ? 1 : -1) : 0,
    );
    const layers: Layer[] = [
      { kind: 'dense', inputs: 12, outputs: 24, weights: both, bias: new Float64Array(24) },
      { kind: 'activation', activation: 'relu' },
      { kind: 'dense', inputs: 24, outputs: 1, weights: new Float64Array(24).fill(1), bias: Float64Array.of(0) },
    ];
    const network: Network = { inputShape: [12], layers };
    const one = query(boxRegion(new Float64Array(12).fill(-1), new Float64Array(12).fill(1)), [
      [{ coefficients: Float64Array.of(1), constant: -13 }],
    ]);
    const run = (seed: number) => findWitness(network, one, { seed, restarts: 2, evaluations: 500 });
    const { seconds: _, ...first } = run(3);
    expect(run(3)).toMatchObject(first);
    expect(first).toMatchObject({ value: -1, witness: undefined });
    expect(run(4).point).not.toEqual(first.point);
  });

  it('has no witness where there is none, but its best point', () => {
    const network: Network = { inputShape: [2], layers: [{ kind: 'activation', activation: 'relu' }] };
    const one = query(boxRegion(Float64Array.of(-1, -1), Float64Array.of(1, 1)), [
      [{ coefficients: Float64Array.of(1, 1), constant: -2.5 }],
    ]);
    expect(findWitness(network, one)).toMatchObject({ witness: undefined, point: Float64Array.of(1, 1), value: -0.5 });
  });

  it('ends when told, and refuses a query about another network', () => {
    const network = votes();
    const one = query(
      ballRegion({ norm: 'linf', centre: image(0), radius: 1e-6 }),
      misclassificationOf(network, test.labels[0]),
    );
    expect(findWitness(network, one, { stopped: () => true }).evaluations).toBe(1);
    expect(() => findWitness({ inputShape: [3], layers: [] }, one)).toThrow(expect.objectContaining({ code: 'query' }));
  });

  // Sign is read as ternary with the least threshold there is. A dead layer or a black image puts every pre-activation
  // at its jump.
  it.each<[string, object]>([
    ['sign', {}],
    ['step', { activation: 'step' }],
    ['ternary of the least threshold', { activation: 'ternary', threshold: Number.MIN_VALUE }],
    ['ternary of a threshold that all reach', { activation: 'ternary', threshold: 0.25 }],
  ])('stays on finite points where every pre-activation is at a jump: %s', (_, more) => {
    const jump = { kind: 'activation', activation: 'sign', ...more } as Activation;
    const dense = (inputs: number, outputs: number, weight: number, bias = 0): Layer => ({
      kind: 'dense',
      inputs,
      outputs,
      weights: new Float64Array(inputs * outputs).map((_, k) => (k % 2 === 0 ? weight : -weight)),
      bias: new Float64Array(outputs).fill(bias),
    });
    const dead: Layer[] = [
      dense(2, 4, 1, -5),
      { kind: 'activation', activation: 'relu' },
      dense(4, 4, 1, 'threshold' in jump && jump.threshold === 0.25 ? 0.25 : 0),
      jump,
    ];
    for (const norm of ['linf', 'l1'] as const) {
      for (const deep of [1, 12]) {
        const network: Network = {
          inputShape: [2],
          layers: [...dead, ...Array.from({ length: deep }, () => [dense(4, 4, 0), jump]).flat(), dense(4, 1, 1)],
        };
        const region = ballRegion({ norm, centre: Float64Array.of(0, 0), radius: 1 });
        const { point, value, witness } = findWitness(
          network,
          query(region, [[{ coefficients: Float64Array.of(1), constant: -9 }]]),
          { iterations: 20, evaluations: 200 },
        );
        expect([witness, point.every(Number.isFinite), Number.isFinite(value)]).toEqual([undefined, true, true]);
      }
    }
  });

  it('stays on finite points where gradients overflow', () => {
    const dense = (inputs: number, outputs: number, weight: number): Layer => ({
      kind: 'dense',
      inputs,
      outputs,
      weights: new Float64Array(inputs * outputs).fill(weight),
      bias: new Float64Array(outputs),
    });
    const sign: Layer = { kind: 'activation', activation: 'sign' };
    const network: Network = {
      inputShape: [2],
      layers: [dense(2, 2, 1e-29), sign, dense(2, 2, 1e300), sign, dense(2, 1, 1e300)],
    };
    const { point } = findWitness(
      network,
      query(boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1)), [
        [{ coefficients: Float64Array.of(-1), constant: -1 }],
      ]),
      { iterations: 10, evaluations: 100 },
    );
    expect(point.every(Number.isFinite)).toBe(true);
  });
});
