import { seededRandom, type Random } from '@mipnet/dataset';
import { fromOnnx, inFloat32, outputSize, type Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { findWitness, hasJumps } from '../attack/find-witness.js';
import { boundOutputsOf, rememberedCrown } from '../bound-outputs.js';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';
import { onFloat32, project } from '../project.js';
import { proveByMip } from '../prove-by-mip.js';
import { isUnsafe, query, rowValue, type OutputRow, type Query } from '../query.js';
import { boxRegion, type Region } from '../region.js';
import type { Verdict } from '../verdict.js';
import { VerificationError } from '../verification-error.js';
import { verifyQuery } from '../verify-query.js';
import { randomModel, randomSwitches } from './random-model.js';

export interface Float32Case {
  /** With the threshold at the best output that was found: an input that violates the property is known. */
  readonly at: Verdict;
  /** At the threshold, by certificates alone: without an attack. */
  readonly alone: Verdict;
  /** With the threshold 1e-3 of the span of the outputs beyond it. */
  readonly beyond: Verdict;
  readonly operators: readonly string[];
  readonly jumps: boolean;
  /** What is wrong; empty if all is well. */
  readonly faults: readonly string[];
}

export interface Float32CaseOptions {
  readonly cancels: boolean;
  /** Wall-clock seconds of a question. */
  readonly seconds: number;
  /** Certificates for float64 instead: to measure the effect of rounding. @default false */
  readonly inFloat64?: boolean;
  /** Max pools, clips and votes on more inputs than are halved one by one. @default false */
  readonly switches?: boolean;
}

const samples = 60;

/**
 * A random ONNX model and box. The threshold of the property is the best output that sampling and an attack find in the
 * ONNX runtime itself, or a little beyond it; no verdict `robust` may survive one input of the runtime that violates
 * the property.
 */
export async function float32Case(
  solver: SessionSolver,
  seed: number,
  options: Float32CaseOptions,
): Promise<Float32Case> {
  const random = seededRandom(seed, 'float32');
  const { bytes, inputs, operators } =
    options.switches === true ? randomSwitches(random) : randomModel(random, options.cancels);
  const network = options.inFloat64 ? fromOnnx(bytes) : inFloat32(fromOnnx(bytes));
  const runtime = await openOnnxRuntime(bytes);
  try {
    const region = randomRegion(random, inputs);
    const row: OutputRow = {
      coefficients: Float64Array.from(
        { length: outputSize(network) },
        () => Math.round(4 * random.uniform() - 2) / 2 || 1,
      ),
      constant: 0,
    };
    const points = [
      ...Array.from({ length: samples }, () => pointOf(random, region)),
      ...attacked(network, region, row, seed),
    ];
    const values: number[] = [];
    for (const point of points) values.push(rowValue(row, await runtime.run(point)));
    const best = Math.max(...values);
    const span = best - Math.min(...values) || Math.max(1, Math.abs(best));
    const asked = (threshold: number) => query(region, [[{ ...row, constant: -threshold }]]);
    const verify = async (threshold: number, attack = true) => {
      const steps = stepsOf(network, solver, seed, options.seconds);
      return verifyQuery(network, runtime, asked(threshold), attack ? steps : { ...steps, attack: false }).catch(
        contradiction,
      );
    };
    const [at, alone, beyond] = [await verify(best), await verify(best, false), await verify(best + 1e-3 * span)];
    const faults = [at, alone]
      .filter(({ verdict }) => verdict === 'robust')
      .map(({ by }) => `robust by ${by} at the threshold ${best}, which an input reaches`);
    faults.push(...[at, alone, beyond].flatMap(({ reason }) => (reason?.startsWith('a bound of') ? [reason] : [])));
    if (beyond.verdict === 'robust')
      faults.push(...(await violations(runtime, asked(best + 1e-3 * span), random, points[values.indexOf(best)])));
    return { at, alone, beyond, operators, jumps: hasJumps(network), faults };
  } finally {
    await runtime.release();
  }
}

/** A proof that a replayed point contradicts. */
function contradiction(error: unknown): Verdict {
  if (!(error instanceof VerificationError) || error.code !== 'certificate') throw error;
  return { verdict: 'unresolved', by: null, bound: null, best: null, gap: null, seconds: 0, reason: error.message };
}

function stepsOf(
  network: Network,
  solver: SessionSolver,
  seed: number,
  seconds: number,
): Parameters<typeof verifyQuery>[3] {
  const boundLayers = rememberedCrown(network);
  const began = performance.now();
  return {
    boundOutputs: boundOutputsOf(network, boundLayers),
    attack: { points: 4, iterations: 20, restarts: 1, evaluations: 128, seed: seed + 1 },
    prove: proveByMip(solver, { boundLayers, remaining: () => seconds - (performance.now() - began) / 1000 }),
  };
}

function randomRegion(random: Random, inputs: number): Region {
  const width = 10 ** (2 * random.uniform() - 2);
  const lower = Float64Array.from({ length: inputs }, () => 2 * random.uniform() - 1);
  // Some inputs cannot move, and not all of those are float32 numbers.
  return boxRegion(
    lower,
    lower.map((low) => (random.integer(10) === 0 ? low : low + width * (0.2 + 0.8 * random.uniform()))),
  );
}

/** In the box or at one of its corners. */
function pointOf(random: Random, region: Region): Float64Array {
  const corner = random.integer(2) === 0;
  const { lower, upper } = region.box;
  const point = lower.map((low, i) => low + (upper[i] - low) * (corner ? random.integer(2) : random.uniform()));
  return onFloat32(region, project(region, point)) ?? lower;
}

function attacked(network: Network, region: Region, row: OutputRow, seed: number): Float64Array[] {
  const { point } = findWitness(network, query(region, [[{ ...row, constant: -1e30 }]]), {
    points: 4,
    iterations: 20,
    restarts: 1,
    evaluations: 128,
    seed,
  });
  return [onFloat32(region, point) ?? point];
}

/** Inputs near the best one that the runtime finds unsafe. */
async function violations(
  runtime: OnnxRuntime,
  { region, unsafe }: Query,
  random: Random,
  best: Float64Array,
): Promise<string[]> {
  const { lower, upper } = region.box;
  for (let k = 0; k < samples; k++) {
    const reach = 10 ** (-4 * random.uniform());
    const near = onFloat32(
      region,
      project(
        region,
        best.map((value, i) => value + reach * (upper[i] - lower[i]) * (2 * random.uniform() - 1)),
      ),
    );
    if (near !== undefined && isUnsafe(unsafe, await runtime.run(near)))
      return [`robust beyond the threshold, but unsafe at [${near.join(', ')}]`];
  }
  return [];
}
