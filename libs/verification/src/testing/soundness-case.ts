import { seededRandom, type Random } from '@mipnet/dataset';
import { crownBounds, intervalBounds, type NetworkBounds } from '@mipnet/bounds';
import { tightenedBounds } from '@mipnet/encoding';
import { activationKinds, activations, forward, inFloat32, type Layer, type Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { hasJumps } from '../attack/find-witness.js';
import { boundOutputsOf, rememberedCrown } from '../bound-outputs.js';
import { misclassification } from '../misclassification.js';
import type { OnnxRuntime } from '../onnx-runtime.js';
import { proveByMip } from '../prove-by-mip.js';
import { isUnsafe, query, unsafeValue, type Conjunction } from '../query.js';
import { boxRegion, contains, type Box } from '../region.js';
import type { Verdict } from '../verdict.js';
import { verifyQuery } from '../verify-query.js';
import { doubleArea, planeCells, tracesAtCorners, valueAt, type Cell } from './plane-cells.js';

export interface SoundnessCase {
  readonly verdict: Verdict;
  /** The minimum of the verdict, by enumeration. */
  readonly truth: number;
  /**
   * Whether the network has a step or a sign: a point on the edge of a jump counts on both sides, so that a question
   * may stay unresolved.
   */
  readonly jumps: boolean;
  /** What is wrong; empty if all is well. */
  readonly faults: readonly string[];
}

/**
 * The error of the enumeration's own arithmetic, relative to the outputs; and the largest area that rounding alone can
 * make.
 */
const [tolerance, thin] = [1e-9, 1e-12];

/**
 * A random small network and box, verified by every step, and compared with the enumeration of its activation patterns:
 * no forward pass may violate a bound, no bound may be above the true minimum, no verdict may be wrong.
 * @param solvers also LP and MIP bounds, and a second verdict by LP and MIP without branching
 */
export async function soundnessCase(solver: SessionSolver, seed: number, solvers: boolean): Promise<SoundnessCase> {
  const random = seededRandom(seed, 'soundness');
  const network = inFloat32(randomNetwork(random));
  const box = randomBox(random);
  // Without cells that may come from rounding: the minimum may then be too large, never too small.
  const all = planeCells(network, box);
  const cells = all.filter(({ corners }) => doubleArea(corners) > thin);
  const unsafe = nearTheEdge(random, cells, misclassification(random.integer(3), 3));
  const truth = leastMargin(cells, unsafe);
  const faults = boundFaults(network, box, all, solvers ? solver : undefined);
  const runtime: OnnxRuntime = {
    run: (input) => Promise.resolve(forward(network, input, 1)),
    release: () => Promise.resolve(),
  };
  const verify = (branching: boolean) =>
    verifyQuery(network, runtime, query(boxRegion(box.lower, box.upper), unsafe), {
      boundOutputs: boundOutputsOf(network, rememberedCrown(network)),
      attack: { points: 4, iterations: 8, restarts: 1, evaluations: 64, seed },
      prove: proveByMip(solver, { branching }),
    });
  const verdict = await verify(true);
  faults.push(...verdictFaults({ network, box, unsafe }, verdict, truth, cells));
  if (solvers)
    faults.push(
      ...verdictFaults({ network, box, unsafe }, await verify(false), truth, cells).map(
        (fault) => `without branching: ${fault}`,
      ),
    );
  return { verdict, truth, jumps: hasJumps(network), faults };
}

function randomNetwork(random: Random): Network {
  const halves = random.integer(2) === 0;
  const number = (most: number) =>
    halves ? (random.integer(4 * most + 1) - 2 * most) / 2 : most * (2 * random.uniform() - 1);
  const layers: Layer[] = [];
  let inputs = 2;
  const add = (outputs: number) => {
    layers.push({
      kind: 'dense',
      inputs,
      outputs,
      weights: Float64Array.from({ length: inputs * outputs }, () => number(2)),
      bias: Float64Array.from({ length: outputs }, () => number(1)),
    });
    inputs = outputs;
  };
  for (let hidden = 1 + random.integer(2); hidden > 0; hidden--) {
    add(1 + random.integer(7));
    const kind = random.integer(2) === 0 ? activations.relu : activationKinds[random.integer(activationKinds.length)];
    layers.push(kind.draw(() => random.uniform()));
  }
  add(3);
  return { inputShape: [2], layers };
}

function randomBox(random: Random): Box {
  const width = 10 ** (random.uniform() * 2 - 1.5);
  const lower = Float64Array.from([0, 1], () => 2 * random.uniform() - 1 - width / 2);
  return { lower, upper: lower.map((low) => low + width * (0.2 + 0.8 * random.uniform())) };
}

/**
 * Mostly: rows moved so that the minimum lies near zero on either side, so that a verdict takes more than bounds or an
 * attack.
 */
function nearTheEdge(random: Random, cells: readonly Cell[], unsafe: readonly Conjunction[]): readonly Conjunction[] {
  if (random.integer(4) === 0) return unsafe;
  const margins = marginsOf(cells, unsafe);
  const least = Math.min(...margins);
  const shift = least - (0.12 * random.uniform() - 0.03) * (Math.max(...margins) - least);
  return unsafe.map((conjunction) => conjunction.map((row) => ({ ...row, constant: row.constant + shift })));
}

/** The margin is concave on every cell, so that its least value is at a corner. */
const leastMargin = (cells: readonly Cell[], unsafe: readonly Conjunction[]): number =>
  Math.min(...marginsOf(cells, unsafe));

const marginsOf = (cells: readonly Cell[], unsafe: readonly Conjunction[]): number[] =>
  cells.flatMap(({ corners, outputs }) =>
    corners.map(
      (corner) =>
        -unsafeValue(
          unsafe,
          Float64Array.from(outputs, (unit) => valueAt(unit, corner)),
        ),
    ),
  );

function boundFaults(network: Network, box: Box, cells: readonly Cell[], solver: SessionSolver | undefined): string[] {
  const all: (readonly [string, NetworkBounds])[] = [
    ['interval', intervalBounds(network, box)],
    ['CROWN', crownBounds(network, box)],
  ];
  if (solver)
    for (const tightening of ['lp', 'mip'] as const)
      all.push([tightening, tightenedBounds(solver, network, box, { tightening, mip: { workLimit: 100 } })]);
  const faults: string[] = [];
  for (const trace of tracesAtCorners(network, cells, box)) {
    for (const [name, { layers }] of all) {
      trace.forEach((values, k) =>
        values.forEach((value, i) => {
          if (!(layers[k].lower[i] <= value && value <= layers[k].upper[i]))
            faults.push(
              `${name} bounds: unit ${i} of layer ${k} is ${value}, outside ` +
                `[${layers[k].lower[i]}, ${layers[k].upper[i]}]`,
            );
        }),
      );
    }
  }
  return faults;
}

function verdictFaults(
  { network, box, unsafe }: { readonly network: Network; readonly box: Box; readonly unsafe: readonly Conjunction[] },
  { verdict, bound, witness }: Verdict,
  truth: number,
  cells: readonly Cell[],
): string[] {
  const size = cells.reduce(
    (most, { outputs, corners }) =>
      Math.max(most, ...outputs.flatMap((unit) => corners.map((corner) => Math.abs(valueAt(unit, corner))))),
    1,
  );
  const faults: string[] = [];
  if (verdict === 'robust' && truth < -tolerance * size) faults.push(`robust, but the minimum is ${truth}`);
  if (verdict === 'adversarial') {
    // A witness needs no comparison. With jumps it may be a single point at which edges meet, which the cells do not
    // show.
    if (!hasJumps(network) && truth > tolerance * size) faults.push(`adversarial, but the minimum is ${truth}`);
    if (!witness || !contains({ box }, witness.input) || !isUnsafe(unsafe, forward(network, witness.input, 1)))
      faults.push('adversarial, but its witness is outside or safe');
  }
  if (bound !== null && bound > truth + tolerance * size)
    faults.push(`the bound ${bound} is above the minimum ${truth}`);
  return faults;
}
