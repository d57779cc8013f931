import { seededRandom } from '@mipnet/dataset';
import type { Layer } from '@mipnet/network';
import { expect, test } from 'vitest';
import { imageBefore, patchBox } from './patch-box.js';

const dense: Layer = {
  kind: 'dense',
  inputs: 60,
  outputs: 1,
  weights: new Float64Array(60),
  bias: new Float64Array(1),
};

test('a dense layer reads the image in front of layers that flatten it; behind another dense layer it reads none', () => {
  const inputShape = [2, 6, 5];
  expect(imageBefore({ inputShape, layers: [{ kind: 'flatten' }, dense] }, 1)).toEqual([2, 6, 5]);
  expect(imageBefore({ inputShape, layers: [{ kind: 'flatten' }, dense, dense] }, 2)).toBeNull();
  expect(imageBefore({ inputShape: [60], layers: [dense] }, 0)).toBeNull();
});

test('the box is the domain in one square of the image, on all channels, and 0 elsewhere', () => {
  const random = seededRandom(3);
  const places = new Set<string>();
  for (let draw = 0; draw < 40; draw++) {
    const { lower, upper } = patchBox({ domain: 'integer(3)', bias: true }, [2, 6, 5], 3, random);
    const open = [...upper!.keys()].filter((k) => upper![k] === 3);
    const [top, left] = [Math.floor(open[0] / 5), open[0] % 5];
    const square = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => (top + row) * 5 + left + column));
    expect(open).toEqual([...square, ...square.map((k) => k + 30)]);
    expect([...lower!]).toEqual([...upper!].map((end) => -end || 0));
    expect(left).toBeLessThanOrEqual(2);
    places.add(`${top},${left}`);
  }
  expect(places.size).toBe(12);
});

test('a box of the neuron itself stays inside the square', () => {
  const ends = new Float64Array(16).fill(0.25);
  const free = { domain: 'real', bias: true, lower: ends.map((end) => -end), upper: ends } as const;
  const { lower, upper } = patchBox(free, [1, 4, 4], 4, seededRandom(1));
  expect([upper, lower]).toEqual([free.upper, free.lower]);
});
