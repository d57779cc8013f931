import { crownBounds } from '@mipnet/bounds';
import { randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { inFloat32, type Network } from '@mipnet/network';
import { boxOfConvolutional, randomConvolutional } from '@mipnet/network/testing/random-convolutional';
import { expect, test } from 'vitest';
import { functionBounds } from './bound-outputs.js';
import { excludeBehindFront } from './exclude-behind-front.js';
import { passOf } from './prepared-pass.js';

const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 60);

/** Three clips of the random network's front, and a sum of them. */
function withVotes(random: () => number): Network {
  const network = randomConvolutional(random);
  const last = network.layers.at(-1)!;
  if (last.kind !== 'dense') throw new Error('the last layer is dense');
  const draw = (count: number) => Float64Array.from({ length: count }, () => Math.round(random() * 8 - 4) / 4);
  const inputs = last.inputs;
  return inFloat32({
    ...network,
    layers: [
      ...network.layers.slice(0, -1),
      { kind: 'dense', inputs, outputs: 3, weights: draw(3 * inputs), bias: draw(3) },
      { kind: 'activation', activation: 'clip', low: -8, high: 8 },
      { kind: 'dense', inputs: 3, outputs: 1, weights: Float64Array.of(1, -1, 1), bias: Float64Array.of(0) },
    ],
  });
}

test('bounds behind fronts are below what the network computes, also on corners, and mostly above those of CROWN', () => {
  let [found, tighter] = [0, 0];
  for (let seed = 0; seed < networks; seed++) {
    const random = randomNumbers(seed);
    const network = withVotes(random);
    const bounds = crownBounds(network, boxOfConvolutional(random));
    const one = { coefficients: Float64Array.of(1), constant: 0 };
    let nodes = 0;
    const result = excludeBehindFront(network, bounds, [one], {
      inspect: () => false,
      remaining: () => Infinity,
      stopped: () => nodes > 20,
      onProgress: (progress) => (nodes = progress.nodes),
    });
    if (result === undefined) continue;
    found++;
    const outputs = passOf(network);
    const { lower, upper } = bounds.input;
    for (let k = 0; k < 400; k++) {
      const inside = randomPoint(random, bounds.input);
      const point = k % 2 === 0 ? inside : lower.map((low, i) => (random() < 0.5 ? low : upper[i]));
      expect(result[0], `network ${seed}`).toBeLessThanOrEqual(outputs(point, 1)[0]);
    }
    if (result[0] > functionBounds(network, bounds, [one]).layers.at(-1)!.lower[0] + 1e-9) tighter++;
  }
  expect(found).toBeGreaterThan(0.2 * networks);
  expect(tighter).toBeGreaterThan(0.5 * found);
});
