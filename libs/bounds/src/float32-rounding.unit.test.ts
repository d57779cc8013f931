import { inFloat32, roundToFloat32, type Layer, type Network } from '@mipnet/network';
import { describe, expect, test } from 'vitest';
import type { Box } from './box.js';
import { crownBounds, linearLowerBounds } from './crown.js';
import { lowestBit } from './float32.js';
import { intervalBounds } from './interval.js';
import { float32Draw, float32Point, outsideBounds } from './testing/float32-draw.js';
import { float32Trace } from './testing/float32-pass.js';

/** MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 300);

const numbers = (...list: number[]) => Float64Array.from(list);
const scale = (factor: number, offset: number): Layer => ({
  kind: 'scale',
  factor: numbers(factor),
  offset: numbers(offset),
});

describe('float32 arithmetic in any order stays inside', () => {
  test('interval and CROWN, linear forms', { timeout: 600_000 }, () => {
    let lost = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box } = float32Draw(seed);
      const interval = intervalBounds(network, box);
      const crown = crownBounds(network, box);
      const form = numbers(1, -1);
      const [bound] = linearLowerBounds(network, crown, form);
      for (let k = 0; k < 40; k++) {
        const point = float32Point(random, box);
        const trace = float32Trace(network, point, random);
        expect(outsideBounds(interval, trace), `interval, seed ${seed}`).toBeUndefined();
        expect(outsideBounds(crown, trace), `CROWN, seed ${seed}`).toBeUndefined();
        const [first, second] = trace.at(-1) as Float64Array;
        expect(first - second, `seed ${seed}`).toBeGreaterThanOrEqual(bound);
        if (first !== (float32Trace(network, point, random).at(-1) as Float64Array)[0]) lost++;
      }
    }
    // Otherwise nothing was tried: orders of summation must matter.
    expect(lost).toBeGreaterThan(networks);
  });

  test('(x - 1e8) + 1e8 may be anything within 16 of x', () => {
    const network = inFloat32({ inputShape: [1], layers: [scale(1, -1e8), scale(1, 1e8)] });
    const { lower, upper } = crownBounds(network, { lower: numbers(0.6), upper: numbers(1) }).layers[1];
    expect(lower[0]).toBeLessThanOrEqual(0);
    expect(upper[0]).toBeGreaterThanOrEqual(8);
  });
});

describe('float32 is exact on a grid', () => {
  const sign: Layer = { kind: 'activation', activation: 'sign' };
  const dense = (weights: Float64Array, bias: Float64Array): Layer => ({
    kind: 'dense',
    inputs: weights.length / bias.length,
    outputs: bias.length,
    weights,
    bias,
  });
  const box: Box = { lower: numbers(-1, -1), upper: numbers(1, 1) };
  const votes = (weight: number, bias: number): Network =>
    inFloat32({
      inputShape: [2],
      layers: [dense(numbers(1, 2, 0.3, -1), numbers(0.1, 0)), sign, dense(numbers(weight, 1), numbers(bias))],
    });
  const lossOf = (network: Network) =>
    (crownBounds(network, box).rounding ?? []).map(({ errors }) => errors.every((error) => error === 0));

  test('votes of signs', () => {
    expect(lossOf(votes(3, 0.5))).toEqual([false, true, true]);
    expect(crownBounds(votes(3, 0.5), box).rounding?.[2].steps).toEqual(numbers(0.5));
  });

  test('not where the sum outgrows 24 bits, a weight is off the grid, or a batch normalization is behind', () => {
    expect(lossOf(votes(2 ** 23, 0.5))).toEqual([false, true, false]);
    expect(lossOf(votes(1 / 3, 0))).toEqual([false, true, false]);
    const layers = [
      ...votes(1, 0).layers,
      { kind: 'scale', factor: numbers(1), offset: numbers(0), offsetSize: numbers(2), arithmetic: 'float32' } as const,
    ];
    expect(lossOf({ inputShape: [2], layers })).toEqual([false, true, false, false]);
  });

  test('the last bit of a number', () => {
    expect([1, -6, 0.5, 0, 2 ** 52 + 2 ** 10, 2 ** -1074, 3 * 2 ** -1070, 1 + 2 ** -52].map(lowestBit)).toEqual([
      1,
      2,
      0.5,
      Infinity,
      2 ** 10,
      2 ** -1074,
      2 ** -1070,
      2 ** -52,
    ]);
  });
});

test('what was rounded away from an offset counts', () => {
  const exact = inFloat32({ inputShape: [1], layers: [scale(1, 0)] });
  const folded: Network = {
    ...exact,
    layers: [
      { kind: 'scale', factor: numbers(1), offset: numbers(0), offsetSize: numbers(2e6), arithmetic: 'float32' },
    ],
  };
  const width = (network: Network) =>
    intervalBounds(network, { lower: numbers(1), upper: numbers(1) }).layers[0].upper[0] - 1;
  expect(width(exact)).toBeLessThan(1e-5);
  expect(width(folded)).toBeGreaterThan(0.1);
});

test('a sum that may leave the range of float32 is refused, naming layer and unit', () => {
  const network = inFloat32({ inputShape: [1], layers: [scale(1e30, 0), scale(1e10, 0)] });
  const box = { lower: numbers(0), upper: numbers(1) };
  expect(() => crownBounds(network, box)).toThrow(
    expect.objectContaining({ code: 'overflow', message: expect.stringMatching(/layer 0 .*unit 0.*range of float32/) }),
  );
  expect(() => crownBounds(network, { lower: numbers(0), upper: numbers(1e-5) })).toThrow(
    expect.objectContaining({ code: 'overflow' }),
  );
});

test('bounds that were made without the rounding are not used', () => {
  const network = inFloat32({ inputShape: [1], layers: [scale(2, 1), scale(1, 1)] });
  const { input, layers } = crownBounds(network, { lower: numbers(0), upper: numbers(1) });
  expect(() => linearLowerBounds(network, { input, layers }, numbers(1))).toThrow(
    expect.objectContaining({ code: 'unsound' }),
  );
});

/** 1 + 64 terms that are each just below half of the last bit of 1: added to it one by one, all of them are lost. */
test('a sum that is fused into the layer before it may round in every addition', () => {
  const term = 0.99 * 2 ** -24;
  const network = inFloat32(
    roundToFloat32({
      inputShape: [65],
      layers: [
        {
          kind: 'dense',
          name: 'small',
          inputs: 65,
          outputs: 1,
          weights: new Float64Array(65).fill(1).with(0, 0),
          bias: Float64Array.of(0),
        },
        {
          kind: 'dense',
          name: 'one',
          from: ['input'],
          inputs: 65,
          outputs: 1,
          weights: new Float64Array(65).fill(0).with(0, 1),
          bias: Float64Array.of(0),
        },
        { kind: 'add', from: ['small', 'one'] },
      ],
    }),
  );
  const point = new Float64Array(65).fill(Math.fround(term)).with(0, 1);
  const [, , sum] = crownBounds(network, { lower: point, upper: point }).layers;
  expect(sum.lower[0]).toBeLessThanOrEqual(1);
  expect(sum.upper[0]).toBeGreaterThanOrEqual(1 + 64 * term);
  expect(sum.lower[0]).toBeGreaterThan(1 - 200 * 2 ** -24);
});
