import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '@mipnet/dataset';
import { forward, inFloat32, fromOnnx, toOnnx, type Layer, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { boundOutputsOf } from './bound-outputs.js';
import { misclassification } from './misclassification.js';
import { openOnnxRuntime } from './onnx-runtime.js';
import { proveByMip } from './prove-by-mip.js';
import { query, unsafeValue, type Query } from './query.js';
import { ballRegion } from './region.js';
import { planeCells, valueAt } from './testing/plane-cells.js';
import { nearestTolerance } from './verdict.js';
import { verifyQuery } from './verify-query.js';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const centre = Float64Array.of(0.5, 0.25);
const radius = 0.25;

/** Two inputs, two relu layers, three classes; what a float32 runtime reads. */
function randomNetwork(seed: number): Network {
  const random = seededRandom(seed, 'nearest');
  const dense = (inputs: number, outputs: number): Layer => ({
    kind: 'dense',
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, () => 4 * random.uniform() - 2),
    bias: Float64Array.from({ length: outputs }, () => 2 * random.uniform() - 1),
  });
  const relu: Layer = { kind: 'activation', activation: 'relu' };
  return fromOnnx(toOnnx({ inputShape: [2], layers: [dense(2, 6), relu, dense(6, 4), relu, dense(4, 3)] }));
}

const within =
  (size: number, goal: Query['goal']): ((label: number) => Query) =>
  (label) =>
    query(ballRegion({ norm: 'linf', centre, radius: size }), misclassification(label, 3), goal);

/** The most unsafe value in the ball, by enumeration of the activation patterns. */
function worstIn(network: Network, size: number, label: number): number {
  const { region, unsafe } = within(size, 'any')(label);
  return Math.max(
    ...planeCells(network, region.box).flatMap(({ corners, outputs }) =>
      corners.map((corner) =>
        unsafeValue(
          unsafe,
          Float64Array.from(outputs, (unit) => valueAt(unit, corner)),
        ),
      ),
    ),
  );
}

/** Distance of the nearest unsafe input, by bisection on the radius. */
function trueDistance(network: Network, label: number): number {
  let [safe, unsafe] = [0, radius];
  for (let round = 0; round < 45; round++) {
    const middle = (safe + unsafe) / 2;
    if (worstIn(network, middle, label) >= 0) unsafe = middle;
    else safe = middle;
  }
  return unsafe;
}

interface Case {
  readonly network: Network;
  readonly label: number;
  readonly truth: number;
}

/** How many networks are drawn: more in the nightly tests. */
const count = process.env.MIPNET_NIGHTLY === '1' ? 20 : 10;

/** Networks whose class changes inside the ball, but not at its centre. */
const cases: readonly Case[] = Array.from({ length: 6 * count }, (_, seed) => randomNetwork(seed))
  .flatMap((network): Case[] => {
    const scores = forward(network, centre, 1);
    const label = scores.indexOf(Math.max(...scores));
    return worstIn(network, radius, label) > 0.01 ? [{ network, label, truth: trueDistance(network, label) }] : [];
  })
  .slice(0, count);

/**
 * How far float32 can move the boundary of the unsafe set in these networks: the error of their outputs over their
 * slope.
 */
const rounding = 1e-6;

/** A weak attack, so that the proof has to find the nearest point. */
const weak = { points: 2, iterations: 2, restarts: 1, rounds: 0 };

describe('the nearest witness', () => {
  it.each([
    ['branching and MIPs', true],
    ['MIPs alone', false],
  ])('is the true one within the tolerance, and proven, by %s', async (_, branching) => {
    expect(cases.length).toBe(count);
    for (const { network, label, truth } of cases) {
      const runtime = await openOnnxRuntime(toOnnx(network));
      const computed = inFloat32(network);
      const { verdict, best, bound, witness, reason } = await verifyQuery(
        computed,
        runtime,
        within(radius, 'closest')(label),
        { boundOutputs: boundOutputsOf(computed), attack: weak, prove: proveByMip(solver, { branching }) },
      );
      expect(verdict).toBe('adversarial');
      expect(bound).toBeLessThanOrEqual(truth * (1 + 1e-9));
      expect(best).toBeGreaterThanOrEqual(truth * (1 - 1e-5));
      // What the rounding of the runtime leaves open is said.
      const isOpen = best! - bound! > nearestTolerance * best!;
      expect(reason?.includes('boundary of the unsafe set') ?? false).toBe(isOpen);
      expect(best! - bound!).toBeLessThanOrEqual(nearestTolerance * best! + (isOpen ? rounding : 0));
      expect(unsafeValue(within(radius, 'any')(label).unsafe, witness!.runtimeOutputs)).toBeGreaterThanOrEqual(0);
      await runtime.release();
    }
  });

  it('is found by feasibility, too, in a ball that ends just behind it, and excluded in one that ends before it', async () => {
    for (const { network, label, truth } of cases.slice(0, 8)) {
      const runtime = await openOnnxRuntime(toOnnx(network));
      const computed = inFloat32(network);
      const ask = (size: number) =>
        verifyQuery(computed, runtime, within(size, 'any')(label), {
          boundOutputs: boundOutputsOf(computed),
          attack: weak,
          prove: proveByMip(solver),
        });
      expect((await ask(truth * (1 + 1e-4))).verdict).toBe('adversarial');
      expect((await ask(truth * (1 - 1e-4))).verdict).toBe('robust');
      await runtime.release();
    }
  });

  it('lies between two numbers, with the reason, if no replay confirms what the MIP finds', async () => {
    // Class 1 ties with class 0 from distance 0.1 on and never wins: a runtime that breaks the tie the other way
    // confirms nothing nearer than the jump at 0.2.
    const network: Network = {
      inputShape: [2],
      layers: [
        {
          kind: 'dense',
          inputs: 2,
          outputs: 2,
          weights: Float64Array.of(-1, 0, 1, 0),
          bias: Float64Array.of(0.6, -0.7),
        },
        { kind: 'activation', activation: 'relu' },
        { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, 0, 1), bias: Float64Array.of(0, 0) },
      ],
    };
    const strict = {
      type: 'float64' as const,
      run: async (input: Float64Array) => forward(network, input, 1).map((y, j) => (j === 0 ? y + 1e-12 : y)),
      release: async () => undefined,
    };
    const asked = query(ballRegion({ norm: 'linf', centre, radius }), misclassification(0, 2), 'closest');
    const found = await verifyQuery(network, strict, asked, {
      boundOutputs: boundOutputsOf(network),
      attack: weak,
      prove: proveByMip(solver),
    });
    expect(found).toMatchObject({
      verdict: 'adversarial',
      reason: expect.stringContaining('boundary of the unsafe set'),
    });
    expect(found.bound).toBeCloseTo(0.1, 3);
    expect(found.best).toBeCloseTo(0.2, 3);
    // Neither a solver nor attacks narrow this: the search ends, however much time is left, and says why.
    const patient = await verifyQuery(network, strict, asked, {
      boundOutputs: boundOutputsOf(network),
      attack: weak,
      prove: proveByMip(solver, { remaining: () => 1e6 }),
    });
    expect(patient.reason).toMatch(
      /boundary of the unsafe set.*; many attacks in a row found nothing nearer, so the rest of the time is not used$/,
    );
    expect([patient.bound, patient.best]).toEqual([found.bound, found.best]);
  });

  it('ends soon after its time is up, with an interval that is right', async () => {
    for (const { network, label, truth } of cases.slice(0, 5)) {
      let left = 12;
      const { bound } = await proveByMip(solver, { remaining: () => left-- })(
        network,
        within(radius, 'closest')(label),
        centre,
      );
      expect(bound).toBeLessThanOrEqual(truth * (1 + 1e-9));
      expect(left).toBeGreaterThan(-60);
    }
  });
});
