import { crownBounds } from '@mipnet/bounds';
import { randomDense, randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { forward, type Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { excludeOutputs } from './exclude-outputs.js';

const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 60);

/** A random network whose outputs are moved so that most inputs give numbers a little above zero. */
function drawn(seed: number) {
  const random = randomNumbers(seed);
  const relu = { kind: 'activation', activation: 'relu' } as const;
  const hidden = [randomDense(random, 2, 6), relu, randomDense(random, 6, 6), relu];
  const plain: Network = { inputShape: [2], layers: [...hidden, randomDense(random, 6, 2)] };
  const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };
  const values = Array.from({ length: 200 }, () => forward(plain, randomPoint(random, box), 1));
  const bias = values[0].map((_, output) => {
    const own = values.map((value) => value[output]);
    const least = Math.min(...own);
    return 0.03 * (Math.max(...own) - least) - least;
  });
  const count = bias.length;
  const weights = Float64Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
  const layers = [...plain.layers, { kind: 'dense', inputs: count, outputs: count, weights, bias } as const];
  const network: Network = { ...plain, layers };
  const outputs = values.map((value) => value.map((number, i) => number + bias[i]));
  return { network, box, outputs, bounds: crownBounds(network, box) };
}

test('bounds hold at every point, and exclude outputs that CROWN leaves open', () => {
  let excluded = 0;
  for (let seed = 0; seed < networks; seed++) {
    const { network, bounds, outputs } = drawn(seed);
    let asked = 0;
    const found = excludeOutputs(network, bounds, { stopped: () => ++asked > 3000 });
    found.forEach((bound, output) => {
      for (const values of outputs) expect(values[output], `seed ${seed}`).toBeGreaterThanOrEqual(bound - 1e-9);
      if (bound > 0 && !(bounds.layers.at(-1)!.lower[output] > 0)) excluded++;
    });
  }
  expect(excluded).toBeGreaterThan(networks / 10);
});

test('ends at a stop, and at an input that is accepted', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { network, bounds } = drawn(seed);
    expect(excludeOutputs(network, bounds, { stopped: () => true })).toEqual(bounds.layers.at(-1)!.lower);
    let asked = 0;
    excludeOutputs(network, bounds, { inspect: () => ++asked > 0 });
    expect(asked).toBeLessThanOrEqual(1);
  }
});
