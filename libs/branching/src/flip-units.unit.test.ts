import { crownBounds } from '@mipnet/bounds';
import { randomDense, randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { forward, type Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { flipUnits } from './flip-units.js';
import { liveNetwork } from './live-network.js';

const row = Float64Array.of(1);

/** A network of signs, then steps, whose output is moved so that a few of a thousand inputs give less than zero. */
function drawn(seed: number) {
  const random = randomNumbers(seed);
  const signs = { kind: 'activation', activation: seed % 2 === 0 ? 'sign' : 'relu' } as const;
  const hidden = [randomDense(random, 6, 12), signs, randomDense(random, 12, 5)];
  const plain: Network = {
    inputShape: [6],
    layers: [...hidden, { kind: 'activation', activation: 'step' }, randomDense(random, 5, 1)],
  };
  const box = { lower: new Float64Array(6).fill(-0.3), upper: new Float64Array(6).fill(0.3) };
  const values = Array.from({ length: 1000 }, () => forward(plain, randomPoint(random, box), 1)[0]);
  const least = Math.min(...values);
  const next = Math.min(...values.filter((value) => value > least), least + 1);
  const last = plain.layers.at(-1) as Extract<Network['layers'][number], { readonly kind: 'dense' }>;
  const bias = last.bias.map((value) => value - (least + next) / 2);
  const network: Network = { ...plain, layers: [...plain.layers.slice(0, -1), { ...last, bias }] };
  return { network, box, live: liveNetwork(network, crownBounds(network, box)), isFlat: Math.max(...values) === least };
}

test('finds inputs in the box where few random ones are below zero', () => {
  let [asked, found] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const { network, box, live, isFlat } = drawn(seed);
    if (isFlat) continue;
    asked++;
    const inspect = (input: Float64Array): boolean => {
      expect(input.every((value, i) => box.lower[i] <= value && value <= box.upper[i])).toBe(true);
      return forward(network, input, 1)[0] < 0;
    };
    if (flipUnits(live, row, { inspect })) found++;
  }
  expect(asked).toBeGreaterThan(30);
  expect(found).toBeGreaterThan(0.8 * asked);
});

test('ends when stopped, and has nothing to do without jumps', () => {
  const { live } = drawn(2);
  const inspect = (): boolean => expect.fail('no input should be inspected');
  expect(flipUnits(live, row, { inspect, stopped: () => true })).toBe(false);
  const random = randomNumbers(1);
  const network: Network = { inputShape: [2], layers: [randomDense(random, 2, 1)] };
  const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };
  expect(flipUnits(liveNetwork(network, crownBounds(network, box)), row, { inspect })).toBe(false);
});
