import { fromOnnx, inFloat32, type Network } from '@mipnet/network';
import { floats, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { boundOutputsOf, rememberedCrown } from './bound-outputs.js';
import { openOnnxRuntime } from './onnx-runtime.js';
import { proveByMip } from './prove-by-mip.js';
import { query, type Query } from './query.js';
import { boxRegion } from './region.js';
import { float32Case, type Float32Case } from './testing/float32-case.js';
import type { Verdict } from './verdict.js';
import { verifyQuery, type Steps } from './verify-query.js';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const numbers = (...list: number[]) => Float64Array.from(list);

/** y = (x - large) + large */
const cancelling = (large: number) =>
  onnxModel({
    input: ['N', 1],
    nodes: [node('Sub', ['x', 'c'], 'z'), node('Add', ['z', 'c'], 'y')],
    constants: [floats('c', [], [large])],
  });
/** On [lower, upper]: is y at most `most` somewhere? */
const atMost = (most: number, lower: number, upper: number): Query =>
  query(boxRegion(numbers(lower), numbers(upper)), [[{ coefficients: numbers(-1), constant: most }]]);

async function verified(
  bytes: Uint8Array,
  asked: Query,
  steps: (network: Network) => Steps = allSteps,
): Promise<Verdict> {
  const runtime = await openOnnxRuntime(bytes);
  const network = inFloat32(fromOnnx(bytes));
  return verifyQuery(network, runtime, asked, steps(network)).finally(() => runtime.release());
}
const proofs = (network: Network): Steps => ({
  boundOutputs: boundOutputsOf(network),
  prove: proveByMip(solver, { boundLayers: rememberedCrown(network) }),
  attack: false,
});
const allSteps = (network: Network): Steps => ({ ...proofs(network), attack: {} });

describe('what float32 makes of (x - 1e8) + 1e8', () => {
  test('0 everywhere, which float64 does not see: adversarial, and float64 disagrees', async () => {
    const verdict = await verified(cancelling(1e8), atMost(0.5, 0.6, 1));
    expect(verdict).toMatchObject({
      verdict: 'adversarial',
      best: -0.5,
      witness: { runtimeOutputs: numbers(0), float64Disagrees: true },
      reason: expect.stringContaining('float64'),
    });
    expect((verdict.witness as { outputs: Float64Array }).outputs[0]).toBeGreaterThan(0.5);
  });

  test('no certificate calls it robust; where the large number is small enough, one does', async () => {
    const only = (network: Network): Steps => ({ boundOutputs: boundOutputsOf(network) });
    for (const steps of [only, proofs])
      expect((await verified(cancelling(1e8), atMost(0.5, 0.6, 1), steps)).verdict).not.toBe('robust');
    expect(await verified(cancelling(100), atMost(0.5, 0.6, 1), only)).toMatchObject({
      verdict: 'robust',
      by: 'bounds',
    });
  });

  test('within rounding of the threshold it is unresolved, and says so', async () => {
    // In float32, in any order of summation: 0.6 and at most 0.0001 less; what the runtime itself gives is above the
    // threshold.
    const verdict = await verified(cancelling(100), atMost(0.6 - 2e-5, 0.6, 1));
    expect(verdict).toMatchObject({
      verdict: 'unresolved',
      reason: expect.stringContaining('within float32 rounding of the threshold'),
    });
  });
});

test('an overflow is reported with layer and unit, and proves nothing', async () => {
  const bytes = onnxModel({
    input: ['N', 1],
    nodes: [node('Mul', ['x', 'c'], 'z'), node('Mul', ['z', 'd'], 'y')],
    constants: [floats('c', [], [1e30]), floats('d', [], [-1e20])],
  });
  const verdict = await verified(
    bytes,
    query(boxRegion(numbers(0.5), numbers(1)), [[{ coefficients: numbers(1), constant: 0 }]]),
  );
  expect(verdict).toMatchObject({
    verdict: 'unresolved',
    reason: expect.stringMatching(/layer \d .*unit 0.*beyond the range of float32/),
  });
});

test('votes of signs lose nothing: the bound is theirs to the last digits of float64', async () => {
  const constants = [
    floats('w', [2, 3], [1, -1, 1, 1, 1, -1]),
    floats('b', [3], [0.25, 0.1, 0.3]),
    floats('v', [3, 1], [1, 1, 1]),
    floats('c', [1], [0.5]),
    floats('zero', [], [0]),
    floats('one', [], [1]),
    floats('minus', [], [-1]),
  ];
  const nodes = [
    node('MatMul', ['x', 'w'], 'p'),
    node('Add', ['p', 'b'], 'a'),
    node('GreaterOrEqual', ['a', 'zero'], 'h'),
    node('Where', ['h', 'one', 'minus'], 's'),
    node('MatMul', ['s', 'v'], 'q'),
    node('Add', ['q', 'c'], 'y'),
  ];
  const bytes = onnxModel({ input: ['N', 2], nodes, constants });
  // y is one of -2.5, -0.5, 1.5, 3.5; by bounds alone at least -2.5.
  const asked = (threshold: number) =>
    query(boxRegion(numbers(-1, -1), numbers(1, 1)), [[{ coefficients: numbers(-1), constant: threshold }]]);
  expect(
    await verified(bytes, asked(-2.5 - 1e-9), (network) => ({ boundOutputs: boundOutputsOf(network) })),
  ).toMatchObject({ verdict: 'robust', by: 'bounds' });
});

describe('random models, with the threshold at the best output of the runtime', () => {
  // tools/bench/float32.mjs makes the long version.
  const cases = async (count: number, options: { readonly inFloat64?: boolean } = {}): Promise<Float32Case[]> => {
    const found: Float32Case[] = [];
    for (let seed = 0; seed < count; seed++)
      found.push(
        await float32Case(solver, seed, { cancels: seed % 5 === 0, seconds: seed % 5 === 0 ? 2 : 30, ...options }),
      );
    return found;
  };

  test(
    'no proof is contradicted by the runtime, and a little beyond nearly all is decided',
    { timeout: 600_000 },
    async () => {
      const found = await cases(process.env.MIPNET_NIGHTLY === '1' ? 30 : 15);
      expect(found.flatMap(({ faults }) => faults)).toEqual([]);
      const plain = found.filter((_, seed) => seed % 5 !== 0);
      expect(plain.filter(({ beyond }) => beyond.verdict === 'unresolved').length).toBeLessThanOrEqual(2);
      expect(plain.filter(({ beyond }) => beyond.verdict === 'robust').length).toBeGreaterThan(0.25 * plain.length);
    },
  );

  test('proofs for float64 are contradicted: the test would notice', { timeout: 600_000 }, async () => {
    expect((await cases(15, { inFloat64: true })).flatMap(({ faults }) => faults).length).toBeGreaterThan(0);
  });
});
