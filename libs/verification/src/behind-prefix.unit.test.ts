import { seededRandom, type Random } from '@mipnet/dataset';
import { choiceAt, countOf, wholeNumbers, type Choices } from '@mipnet/encoding';
import { forward, fromOnnx, inFloat32, toOnnx, type Layer, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, describe, expect, it } from 'vitest';
import { behindPrefix } from './behind-prefix.js';
import { boundOutputsOf, rememberedCrown } from './bound-outputs.js';
import { misclassification } from './misclassification.js';
import { openOnnxRuntime } from './onnx-runtime.js';
import { passOf } from './prepared-pass.js';
import { proveByMip } from './prove-by-mip.js';
import { isUnsafe, query, unsafeValue, type Query } from './query.js';
import { contains, type Region } from './region.js';
import type { Verdict } from './verdict.js';
import { verifyQuery } from './verify-query.js';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

/** Columns of a table: numbers of very different size, whole or not, and at the end a category of three values. */
const columns = [
  { low: 20000, high: 91000, step: 4000, whole: true },
  { low: 17, high: 90, step: 3, whole: true },
  { low: 0.001, high: 0.0035, step: 0.0004, whole: false },
] as const;
const categories = 3;
const size = columns.length + categories;

/** The first layers of a table's network, then a small drawn one. */
function drawnNetwork(random: Random, levels: number | undefined): Network {
  const low = Float64Array.from({ length: size }, (_, i) => Math.fround(columns[i]?.low ?? 0));
  const factor = low.map((value, i) => Math.fround(1 / Math.fround((columns[i]?.high ?? 1) - value)));
  const hidden = 3 + random.integer(3);
  const ternary = random.integer(2) === 0;
  const dense = (inputs: number, outputs: number, number: () => number): Layer => ({
    kind: 'dense',
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, number),
    bias: Float64Array.from({ length: outputs }, () => Math.fround(number() / 2)),
  });
  const real = (): number => Math.fround(2 * random.uniform() - 1);
  const activation = (['relu', 'sign', 'step'] as const)[random.integer(3)];
  return {
    inputShape: [size],
    layers: [
      { kind: 'fill', values: new Float64Array(size) },
      { kind: 'scale', factor: Float64Array.of(1), offset: low.map((value) => -value) },
      { kind: 'scale', factor, offset: Float64Array.of(0) },
      { kind: 'activation', activation: 'clip', low: 0, high: 1 },
      ...(levels === undefined ? [] : [{ kind: 'quantize', levels } as const]),
      dense(size, hidden, ternary ? () => random.integer(3) - 1 : real),
      { kind: 'activation', activation } as Layer,
      dense(hidden, 2, real),
    ],
  };
}

/** A row, and how far its columns move. */
function drawnRegion(random: Random, isRealFree: boolean): Region {
  const value = new Float64Array(size);
  const choices: (Choices | null)[] = Array.from(value, () => null);
  const [lower, upper] = [new Float64Array(size), new Float64Array(size)];
  columns.forEach(({ low, high, step, whole }, i) => {
    const drawn = low + (high - low) * (1.2 * random.uniform() - 0.1);
    value[i] = whole ? Math.round(drawn) : Math.fround(drawn);
    // The widest column has few numbers, so that enumeration stays small.
    const reach = (i === 0 ? 3 : 1) * (whole ? Math.min(3, step) : isRealFree ? 0 : step) * random.integer(3);
    [lower[i], upper[i]] = [value[i] - reach, value[i] + reach];
    if (whole) choices[i] = wholeNumbers(lower[i], upper[i])!;
  });
  const own = random.integer(categories + 1);
  const moves = random.integer(2) === 0;
  for (let k = 0, i = columns.length; k < categories; k++, i++) {
    value[i] = k === own ? 1 : 0;
    [lower[i], upper[i]] = moves ? [0, 1] : [value[i], value[i]];
    if (moves) choices[i] = { first: 0, count: 2, per: 1 };
  }
  const inputs = Int32Array.from({ length: categories }, (_, k) => columns.length + k);
  return {
    box: { lower, upper },
    centre: value,
    choices,
    groups: moves ? [{ inputs, orNone: own === categories }] : [],
  };
}

/** Every input of the region; of a number that is not whole, enough to meet every level. */
function* pointsOf(region: Region, levels: number): Generator<Float64Array> {
  const { lower, upper } = region.box;
  const lists = Array.from(lower, (low, i): number[] => {
    const own = region.choices?.[i];
    if (own) return Array.from({ length: countOf(own) }, (_, at) => choiceAt(own, at));
    if (low === upper[i]) return [low];
    const count = 1 + Math.ceil((4 * levels * (upper[i] - low)) / (columns[i].high - columns[i].low));
    const inner = Array.from({ length: count + 1 }, (_, k) => Math.fround(low + ((upper[i] - low) * k) / count));
    return inner.filter((value) => value >= low && value <= upper[i]);
  });
  const total = lists.reduce((product, list) => product * list.length, 1);
  for (let at = 0; at < total; at++) {
    let left = at;
    const point = Float64Array.from(lists, (list) => {
      const value = list[left % list.length];
      left = Math.floor(left / list.length);
      return value;
    });
    if (contains(region, point)) yield point;
  }
}

async function verdictOn(network: Network, asked: Query, bytes: Uint8Array): Promise<Verdict> {
  const runtime = await openOnnxRuntime(bytes);
  const subject = behindPrefix({ network, runtime, boundLayers: rememberedCrown(network), query: asked });
  const verdict = await verifyQuery(subject.network, subject.runtime, subject.query, {
    boundOutputs: boundOutputsOf(subject.network, subject.boundLayers),
    attack: { points: 4, iterations: 10, restarts: 1, evaluations: 64, seed: 0 },
    prove: proveByMip(solver, { boundLayers: subject.boundLayers }),
  });
  await runtime.release();
  return subject.restore(verdict);
}

/** How many networks are drawn per number of levels: more in the nightly tests. */
const drawnNetworks = process.env.MIPNET_NIGHTLY === '1' ? 25 : 10;

describe('verdicts behind the prefix of a network', () => {
  it.each([undefined, 3, 8, 64])(
    'are what enumeration of whole numbers, levels and categories finds; levels: %s',
    { timeout: 120_000 },
    async (levels) => {
      const counts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };
      for (let seed = 0; seed < drawnNetworks; seed++) {
        const random = seededRandom(seed, `prefix ${levels}`);
        const bytes = toOnnx(drawnNetwork(random, levels));
        const network = inFloat32(fromOnnx(bytes));
        const region = drawnRegion(random, levels === undefined);
        const scores = forward(network, region.centre!, 1);
        const unsafe = misclassification(scores[0] >= scores[1] ? 0 : 1, 2);
        let worst = -Infinity;
        for (const point of pointsOf(region, levels ?? 1))
          worst = Math.max(worst, unsafeValue(unsafe, passOf(network)(point, 1)));
        const verdict = await verdictOn(network, query(region, unsafe), bytes);
        const place = `seed ${seed}: ${verdict.by} ${verdict.reason ?? ''} ${verdict.bound} ${verdict.best} ${worst}`;
        counts[verdict.verdict]++;
        if (verdict.verdict === 'robust') expect(worst, place).toBeLessThan(1e-6);
        if (verdict.verdict === 'adversarial') {
          expect(worst, place).toBeGreaterThan(-1e-6);
          expect(contains(region, verdict.witness!.input), place).toBe(true);
          expect(isUnsafe(unsafe, verdict.witness!.runtimeOutputs), place).toBe(true);
        }
        expect(verdict.verdict, place).not.toBe('misclassified');
      }
      expect(counts.robust).toBeGreaterThanOrEqual(drawnNetworks / 5);
      expect(counts.adversarial).toBeGreaterThanOrEqual(drawnNetworks / 5);
      expect(counts.unresolved).toBeLessThan(3);
    },
  );
});
