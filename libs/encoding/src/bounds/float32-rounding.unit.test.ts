import { inFloat32, roundToFloat32, type Layer, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeTrained } from '../encode-trained.js';
import { float32Trace } from '../testing/float32-pass.js';
import { randomBox, randomNumbers, randomPoint, randomTrained } from '../testing/random-trained.js';
import type { Box, NetworkBounds } from './box.js';
import { branchOnSigns } from './branch-on-signs.js';
import { crownBounds, linearLowerBounds, withUnits } from './crown.js';
import { lowestBit } from './float32.js';
import { intervalBounds } from './interval.js';
import { liveNetwork } from './live-network.js';
import { lpUnits } from './lp-bounds.js';
import { tightenedBounds } from './tighten.js';

/** MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 300);

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const numbers = (...list: number[]) => Float64Array.from(list);
const scale = (factor: number, offset: number): Layer => ({
  kind: 'scale',
  factor: numbers(factor),
  offset: numbers(offset),
});

/**
 * In half of the networks a large number is added and taken away again, so that float32 loses most of what passes by.
 */
function drawn(seed: number) {
  const random = randomNumbers(seed);
  const plain = randomTrained(random, { quantize: seed % 3 === 0 });
  const layers = [...plain.layers];
  const large = 10 ** (2 + 6 * random());
  if (seed % 2 === 0)
    layers.splice(Math.floor(random() * (layers.length + 1)), 0, scale(1, -large), scale(1 + random(), large));
  const network = inFloat32(roundToFloat32({ ...plain, layers }));
  const { lower, upper } = randomBox(random, network);
  const box: Box = {
    lower: lower.map(Math.fround),
    upper: upper.map((high, i) => Math.max(Math.fround(lower[i]), Math.fround(high))),
  };
  return { random, network, box };
}

const float32Point = (random: () => number, { lower, upper }: Box) =>
  randomPoint(random, { lower, upper }).map((value, i) => Math.min(upper[i], Math.max(lower[i], Math.fround(value))));

function expectInside({ layers }: NetworkBounds, trace: readonly Float64Array[], where: string): void {
  trace.forEach((values, k) =>
    values.forEach((value, i) => {
      if (!(layers[k].lower[i] <= value && value <= layers[k].upper[i]))
        expect.fail(
          `${where}: unit ${i} of layer ${k} is ${value}, outside [${layers[k].lower[i]}, ${layers[k].upper[i]}]`,
        );
    }),
  );
}

describe('float32 arithmetic in any order stays inside', () => {
  test('interval and CROWN, linear forms, branching', { timeout: 600_000 }, () => {
    let lost = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box } = drawn(seed);
      const interval = intervalBounds(network, box);
      const crown = crownBounds(network, box);
      const live = liveNetwork(network, crown);
      const form = numbers(1, -1);
      const [bound] = linearLowerBounds(network, crown, form);
      const branched = branchOnSigns(live, form, { target: Infinity, nodeLimit: 30 }).bound;
      for (let k = 0; k < 40; k++) {
        const point = float32Point(random, box);
        const trace = float32Trace(network, point, random);
        expectInside(interval, trace, `interval, seed ${seed}`);
        expectInside(crown, trace, `CROWN, seed ${seed}`);
        const [first, second] = trace.at(-1) as Float64Array;
        expect(first - second, `seed ${seed}`).toBeGreaterThanOrEqual(Math.max(bound, branched));
        if (first !== (float32Trace(network, point, random).at(-1) as Float64Array)[0]) lost++;
      }
    }
    // Otherwise nothing was tried: orders of summation must matter.
    expect(lost).toBeGreaterThan(networks);
  });

  test('LP and MIP, and a point of the model for each float32 pass', { timeout: 3_600_000 }, () => {
    for (let seed = 0; seed < Math.ceil(networks / 5); seed++) {
      const { random, network, box } = drawn(3 * seed + 1);
      const formulation = (['big-m', 'extended', 'convex-hull', 'partition(2)'] as const)[seed % 4];
      const lp = tightenedBounds(solver, network, box, { tightening: 'lp', lp: { formulation } });
      const mip = tightenedBounds(solver, network, box, { tightening: 'mip', mip: { workLimit: 200, formulation } });
      const last = network.layers.length - 1;
      const all = [lp, mip, withUnits(lp, last, [0, 1], lpUnits(solver, network, lp, last, [0, 1], { formulation }))];
      const { model, inputColumns, outputs, rounding } = encodeTrained(network, box, { formulation });
      const session = solver.open(model);
      for (let k = 0; k < 20; k++) {
        const point = float32Point(random, box);
        const trace = float32Trace(network, point, random);
        all.forEach((bounds, which) =>
          expectInside(bounds, trace, `${['LP', 'MIP', 'LP on outputs'][which]}, seed ${seed}`),
        );
        // The relaxation over this input alone reaches down to what was computed.
        inputColumns.forEach((column, i) => column >= 0 && session.setColumnBounds(column, point[i], point[i]));
        session.setObjective(outputs[0].expression);
        const { objective, status } = session.solve();
        if (model.columnCount > 0) expect(status, `seed ${seed}`).toBe('optimal');
        const computed = (trace.at(-1) as Float64Array)[0];
        if (model.columnCount > 0)
          expect((objective as number) - rounding.outputs[0], `seed ${seed}`).toBeLessThanOrEqual(
            computed + 1e-6 * (1 + Math.abs(computed)),
          );
      }
      session.close();
    }
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
