import { crownBounds } from '@mipnet/bounds';
import { randomBox, randomDense, randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { forward, inFloat32, outputSize, type Layer, type Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { BoxBounds } from './box-bounds.js';
import { boxNetwork } from './box-network.js';
import { fillFrame, lossesOf, newFrame } from './frame.js';
import { GroupBounds } from './group-bounds.js';

/** 3-8-8-2, relu. */
function randomRelus(random: () => number): Network {
  const relu: Layer = { kind: 'activation', activation: 'relu' };
  const layers = [randomDense(random, 3, 8), relu, randomDense(random, 8, 8), relu, randomDense(random, 8, 2)];
  return { inputShape: [3], layers };
}

test('a raised bound holds at every point, is never lower, and the lines are then as before', () => {
  let [raised, wider] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const random = randomNumbers(seed);
    const network = inFloat32(randomRelus(random));
    const box = randomBox(random, network);
    const bounds = crownBounds(network, box);
    const steps = boxNetwork(network);
    const frame = newFrame(steps);
    fillFrame(steps, bounds, frame);
    const losses = lossesOf(steps, bounds);
    const boxBounds = new BoxBounds(steps, losses);
    boxBounds.tighten(frame, losses);
    const groups = [[0], [0, 1]];
    const plain = new GroupBounds(boxBounds, groups, outputSize(network), false);
    const better = new GroupBounds(boxBounds, groups, outputSize(network));
    for (const [g, group] of groups.entries()) {
      const [before, after] = [plain.least(g, frame), better.least(g, frame)];
      expect(after, `seed ${seed}`).toBeGreaterThanOrEqual(before);
      expect(plain.least(g, frame), `seed ${seed}`).toBe(before);
      if (before <= 0) wider++;
      if (after > before) raised++;
      for (let k = 0; k < 50; k++) {
        const outputs = forward(network, randomPoint(random, box), 1);
        expect(Math.max(...group.map((output) => outputs[output])), `seed ${seed}`).toBeGreaterThanOrEqual(after);
      }
    }
  }
  expect(raised).toBeGreaterThan(wider / 8);
});
