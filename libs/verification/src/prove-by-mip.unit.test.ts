import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { boundOutputsOf, rememberedCrown } from './bound-outputs.js';
import { misclassification } from './misclassification.js';
import { boundsByLp } from './bounds-by-lp.js';
import { proveByMip } from './prove-by-mip.js';
import { conjunctionValue, isUnsafe, query, unsafeValue, type OutputRow, type Query } from './query.js';
import { ballRegion, boxRegion, contains, distance, type Region } from './region.js';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const weight = fc.integer({ min: -4, max: 4 }).map((halves) => halves / 2);
const weights = (count: number) =>
  fc.array(weight, { minLength: count, maxLength: count }).map((list) => Float64Array.from(list));
const dense = (inputs: number, outputs: number) =>
  fc.record({
    kind: fc.constant('dense' as const),
    inputs: fc.constant(inputs),
    outputs: fc.constant(outputs),
    weights: weights(inputs * outputs),
    bias: weights(outputs),
  });
const networks = fc
  .tuple(dense(2, 3), fc.constantFrom('relu' as const, 'sign' as const), dense(3, 3), dense(3, 3))
  .map(([first, activation, second, third]): Network => ({
    inputShape: [2],
    layers: [first, { kind: 'activation', activation }, second, { kind: 'activation', activation: 'relu' }, third],
  }));

/** Points of a region, fine enough that networks with weights in halves seldom hide anything between them. */
const steps = 32;
function gridOf({ box, ball }: Region): Float64Array[] {
  const along = (i: number) =>
    Array.from({ length: steps + 1 }, (_, k) => box.lower[i] + ((box.upper[i] - box.lower[i]) * k) / steps);
  return along(0)
    .flatMap((x) => along(1).map((y) => Float64Array.of(x, y)))
    .filter((point) => contains({ box, ball }, point));
}
const regions = fc
  .tuple(fc.constantFrom('linf' as const, 'l1' as const), fc.constantFrom(0, 0.125, 0.5))
  .map(([norm, radius]) => ballRegion({ norm, centre: Float64Array.of(0.5, 0.25), radius }));
const rows = (network: Network, label: number): Query['unsafe'] =>
  [
    ...misclassification(label, 3),
    [0, 1].map((j): OutputRow => ({ coefficients: Float64Array.of(j, 1 - j, -1), constant: -0.25 })),
  ].slice(0, network.layers.length);
const centre = Float64Array.of(0.5, 0.25);

describe('proveByMip', () => {
  it('is right about every point of a fine grid, in l-inf and l1 balls', async () => {
    let proven = 0;
    let found = 0;
    await fc.assert(
      fc.asyncProperty(networks, regions, fc.integer({ min: 0, max: 2 }), async (network, region, label) => {
        const asked = query(region, rows(network, label));
        const { robust, bound, points } = await proveByMip(solver)(network, asked, centre);
        const outputs = gridOf(region).map((point) => forward(network, point, 1));
        const least = Math.min(...outputs.map((output) => -unsafeValue(asked.unsafe, output)));
        if (bound !== null) expect(bound).toBeLessThanOrEqual(least);
        if (robust) {
          proven++;
          expect(outputs.some((output) => isUnsafe(asked.unsafe, output))).toBe(false);
        } else if (points.some((point) => unsafeValue(asked.unsafe, forward(network, point, 1)) > -1e-4)) found++;
        // Neither: only for jumps, where a point on the edge of a step counts on both sides.
        else expect(network.layers[1]).toMatchObject({ activation: 'sign' });
      }),
      { numRuns: 80 },
    );
    expect(proven).toBeGreaterThan(10);
    expect(found).toBeGreaterThan(10);
  });

  it('bounds the least distance of an unsafe input from below, and comes close to it', async () => {
    const reluOnly = networks.filter(
      ({ layers }) => layers[1].kind === 'activation' && layers[1].activation === 'relu',
    );
    await fc.assert(
      fc.asyncProperty(reluOnly, fc.constantFrom('linf' as const, 'l1' as const), async (network, norm) => {
        const ball = { norm, centre, radius: 0.25 };
        const asked = query(ballRegion(ball), misclassification(0, 3), 'closest');
        const { robust, bound, points } = await proveByMip(solver)(network, asked, centre);
        const unsafe = gridOf(asked.region).filter((point) => isUnsafe(asked.unsafe, forward(network, point, 1)));
        const nearest = Math.min(...unsafe.map((point) => distance(ball, point)));
        if (robust) expect(unsafe).toEqual([]);
        expect(bound).toBeLessThanOrEqual(nearest + 1e-12);
        const reached = Math.min(...points.map((point) => distance(ball, point)));
        if (!robust) expect(reached).toBeLessThanOrEqual(nearest + 1e-4);
      }),
      { numRuns: 40 },
    );
  });

  it('is right in l2 balls, which have no MIP, and says so where it decides nothing', async () => {
    let proven = 0;
    await fc.assert(
      fc.asyncProperty(networks, fc.constantFrom('any' as const, 'closest' as const), async (network, goal) => {
        const ball = { norm: 'l2', centre, radius: 0.25 } as const;
        const asked = query(ballRegion(ball), misclassification(0, 3), goal);
        const { robust, bound, points, reason } = await proveByMip(solver)(network, asked, centre);
        const grid = gridOf(asked.region);
        const unsafe = grid.filter((point) => isUnsafe(asked.unsafe, forward(network, point, 1)));
        if (robust) {
          proven++;
          expect(unsafe).toEqual([]);
        } else if (points.length === 0) expect(reason).toMatch(/an l2 ball has no MIP/);
        if (goal === 'closest' && bound !== null)
          for (const point of unsafe) expect(distance(ball, point)).toBeGreaterThanOrEqual(bound - 1e-12);
      }),
      { numRuns: 30 },
    );
    expect(proven).toBeGreaterThan(5);
  });

  it('proves nothing when its time is up, and still tells no lie', async () => {
    const network: Network = {
      inputShape: [2],
      layers: [
        { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 1, 1, -1), bias: Float64Array.of(0, 0) },
        { kind: 'activation', activation: 'relu' },
        {
          kind: 'dense',
          inputs: 2,
          outputs: 3,
          weights: Float64Array.of(1, -1, -1, 1, 1, 1),
          bias: Float64Array.of(0, 0, -1),
        },
      ],
    };
    const asked = query(boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1)), misclassification(0, 3));
    const { robust, bound } = await proveByMip(solver, { remaining: () => 0 })(network, asked, centre);
    expect(robust).toBe(false);
    expect(bound ?? -Infinity).toBeLessThanOrEqual(-1);
  });

  it('sees a conjunction that each of its rows allows, but not all of them together', async () => {
    // y = (x, 1 - x): both above 0.75 is impossible, each alone is possible.
    const network: Network = {
      inputShape: [2],
      layers: [
        { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, -1, 0), bias: Float64Array.of(0, 1) },
      ],
    };
    const above = (j: number, level: number): OutputRow => ({
      coefficients: Float64Array.from([0, 1], (i) => (i === j ? 1 : 0)),
      constant: -level,
    });
    const box = boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1));
    expect(await proveByMip(solver)(network, query(box, [[above(0, 0.75), above(1, 0.75)]]), centre)).toMatchObject({
      robust: true,
    });
    const possible = query(box, [[above(0, 0.25), above(1, 0.25)]]);
    const { robust, points } = await proveByMip(solver)(network, possible, centre);
    expect(robust).toBe(false);
    expect(points.some((point) => conjunctionValue(possible.unsafe[0], forward(network, point, 1)) > -1e-6)).toBe(true);
  });
});

describe('bounds on functions of outputs', () => {
  it('by CROWN and by LP are below every point, with the constant, and LP is no worse than CROWN', () => {
    fc.assert(
      fc.property(networks, regions, weights(3), weight, (network, region, coefficients, constant) => {
        const functions = [
          { coefficients, constant },
          { coefficients: coefficients.map((value) => -value), constant: constant / 3 },
        ];
        const crown = rememberedCrown(network);
        const byCrown = boundOutputsOf(network, crown)(region.box, functions);
        const byLp = boundsByLp(solver, network, crown)(region.box, functions);
        const outputs = gridOf(region).map((point) => forward(network, point, 1));
        functions.forEach((one, k) => {
          const least = Math.min(...outputs.map((output) => conjunctionValue([one], output)));
          expect(byCrown[k]).toBeLessThanOrEqual(least);
          expect(byLp[k]).toBeLessThanOrEqual(least);
          expect(byLp[k]).toBeGreaterThanOrEqual(byCrown[k]);
        });
      }),
      { numRuns: 60 },
    );
  });
});
