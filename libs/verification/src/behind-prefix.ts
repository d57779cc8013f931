import { choiceAt, countOf, nearestChoice } from '@mipnet/encoding';
import type { Network } from '@mipnet/network';
import { rememberedCrown, type BoundLayers } from './bound-outputs.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import { prefixedNetwork, type PrefixedNetwork } from './prefix.js';
import { imageOfRegion } from './prefix-image.js';
import { passOf } from './prepared-pass.js';
import { onFloat32 } from './project.js';
import { isUnsafe, type Query } from './query.js';
import { centreOf, contains, distance, isRound, type Region } from './region.js';
import { disagreement, type Verdict } from './verdict.js';
import { VerificationError } from './verification-error.js';

/** A query, and what it is asked about. */
export interface Subject {
  readonly network: Network;
  /** Runs the whole network. */
  readonly runtime: OnnxRuntime;
  readonly boundLayers: BoundLayers;
  readonly query: Query;
  /** The verdict on the query that was asked. */
  restore(verdict: Verdict): Verdict;
}

type Asked = Omit<Subject, 'restore'>;

/**
 * The same question behind the prefix of a network: about the rest of the layers, on the image of the region. So steps
 * see inputs of one scale (0..1 for a table) and the levels that they really take, instead of raw numbers and
 * staircases. A point of the image stands for an input of the region: the nearest one to the centre that the prefix
 * turns into it. Every replay runs the whole network on that input. A query about distances, whose ball has no image
 * of its own kind, stays as it is.
 */
export function behindPrefix(asked: Asked): Subject {
  const { network, runtime, query } = asked;
  const parts = prefixedNetwork(network);
  if (parts === undefined || query.goal === 'closest' || isRound(query.region.ball))
    return { ...asked, restore: (verdict) => verdict };
  const { region } = query;
  const image = imageOfRegion(parts, region);
  const sourceOf = (point: Float64Array): Float64Array => {
    const source = onFloat32(region, nearestSource(parts, region, image, point));
    if (source === undefined || !contains(region, source))
      throw new VerificationError('certificate', 'a point of the image of a region has no input in the region');
    return source;
  };
  return {
    network: parts.rest,
    runtime: { run: (point) => runtime.run(sourceOf(point)), release: () => runtime.release() },
    boundLayers: crownOf(parts.rest),
    query: { ...query, region: image },
    restore: (verdict) => restored(verdict, asked, sourceOf),
  };
}

const bounders = new WeakMap<Network, BoundLayers>();

function crownOf(network: Network): BoundLayers {
  let found = bounders.get(network);
  if (found === undefined) bounders.set(network, (found = rememberedCrown(network)));
  return found;
}

function restored(
  verdict: Verdict,
  { network, query }: Asked,
  sourceOf: (point: Float64Array) => Float64Array,
): Verdict {
  const { witness, reason, ...others } = verdict;
  if (witness === undefined) return verdict;
  const { float64Disagrees: _, ...rest } = witness;
  const input = sourceOf(witness.input);
  const outputs = passOf(network)(input, 1);
  const disagrees = !isUnsafe(query.unsafe, outputs);
  const said = (reason ?? '').split('; ').filter((part) => part !== '' && part !== disagreement);
  if (disagrees) said.push(disagreement);
  const { ball } = query.region;
  return {
    ...others,
    ...(said.length > 0 && { reason: said.join('; ') }),
    witness: {
      ...rest,
      input,
      outputs,
      ...(disagrees && { float64Disagrees: true }),
      distance: ball === undefined ? null : distance(ball, input),
    },
  };
}

/** Halvings of an interval: more than the digits of a float64. */
const halvings = 60;

/** How far inside a level its ends are taken, as a fraction of a level: rounding does not leave it. */
const inside = 0.02;

/**
 * For each input the number nearest to the centre whose image is the point's, by bisection: the prefix never falls. All
 * inputs at once.
 */
function nearestSource(
  { prefix, unrounded, levels }: PrefixedNetwork,
  region: Region,
  image: Region,
  point: Float64Array,
): Float64Array {
  const { lower, upper } = region.box;
  const centre = onFloat32(region, centreOf(region)) ?? centreOf(region);
  const through = throughLayers(unrounded ?? prefix);
  const half = levels === undefined ? 0 : 0.5 / levels;
  const atCentre = through(centre);
  const isReached = (value: number, i: number, side: 1 | -1, reach: number): boolean =>
    side > 0 ? value >= point[i] - reach : value <= point[i] + reach;
  const isAtCentre = (i: number): boolean =>
    image.centre === undefined
      ? isReached(atCentre[i], i, 1, half) && isReached(atCentre[i], i, -1, half)
      : image.centre[i] === point[i];
  // Positions between the centre (0) and an end of the interval (1), or numbers of a choice.
  const own = region.choices ?? [];
  const ways = centre.map((_, i) => (isAtCentre(i) ? 0 : atCentre[i] < point[i] ? 1 : -1));
  const reach = (i: number): number => (own[i] ? half * (1 + 1e-6) : half * (1 - inside));
  let near = new Float64Array(centre.length);
  let far = new Float64Array(centre.length).fill(1);
  const inputAt = (shares: Float64Array): Float64Array =>
    centre.map((value, i) => {
      if (ways[i] === 0) return value;
      const end = ways[i] > 0 ? upper[i] : lower[i];
      return value + (end - value) * shares[i];
    });
  for (let round = 0; round < halvings; round++) {
    const middle = near.map((share, i) => (share + far[i]) / 2);
    const values = through(inputAt(middle));
    const reached = middle.map((_, i) => (isReached(values[i], i, ways[i] > 0 ? 1 : -1, reach(i)) ? 1 : 0));
    far = far.map((share, i) => (reached[i] === 1 ? middle[i] : share));
    near = near.map((share, i) => (reached[i] === 1 ? share : middle[i]));
  }
  return inputAt(far).map((value, i) => {
    const choices = own[i];
    if (!choices || ways[i] === 0) return value;
    if (levels === undefined) return choiceAt(choices, nearestChoice(choices, value));
    // The first choice on the far side of the number that the bisection has found.
    const count = countOf(choices);
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high + (ways[i] > 0 ? 0 : 1)) >> 1;
      const isBeyond = ways[i] > 0 ? choiceAt(choices, middle) >= value : choiceAt(choices, middle) <= value;
      if (ways[i] > 0) [low, high] = isBeyond ? [low, middle] : [middle + 1, high];
      else [low, high] = isBeyond ? [middle, high] : [low, middle - 1];
    }
    return choiceAt(choices, low);
  });
}

/** The forward pass of the layers, if there are any. */
const throughLayers = (network: Network): ((input: Float64Array) => Float64Array) =>
  network.layers.length === 0 ? (input) => input : (input) => passOf(network)(input, 1);
