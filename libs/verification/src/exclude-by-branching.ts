import { branchOnInputs, excludeOutputs } from '@mipnet/branching';
import type { NetworkBounds } from '@mipnet/bounds';
import { seededRandom } from '@mipnet/dataset/stored';
import type { Network } from '@mipnet/network';
import { splitNetwork } from './as-switches.js';
import { sampleAttack } from './attack/sample-attack.js';
import { prepareScore } from './attack/score.js';
import { functionBounds, type BoundLayers } from './bound-outputs.js';
import { excludeBehindFront, type SearchOptions } from './exclude-behind-front.js';
import { fewInputs } from './few-inputs.js';
import { marginOf, withFunctions } from './margin-network.js';
import { passOf } from './prepared-pass.js';
import { onFloat32 } from './project.js';
import { isUnsafe, unsafeValue, type OutputRow, type Query } from './query.js';

export interface BranchingOptions {
  /** Returns the remaining wall-clock seconds; called now and then. @default no limit */
  readonly remaining?: () => number;
  readonly stopped?: () => boolean;
  readonly onProgress?: (progress: { readonly open: number; readonly bound: number; readonly nodes: number }) => void;
}

export interface Branching {
  /** Positions in `query.unsafe` of the conjunctions that are not excluded, the one with the lowest bound first. */
  readonly open: readonly number[];
  /** Certified lower bound on the minimum that `Verdict` describes, over the excluded conjunctions. */
  readonly settledBound: number;
  /** The same over all conjunctions, if each was tried. */
  readonly bound: number | null;
  /** An unsafe input that a search found, by the forward pass. */
  readonly witness?: Float64Array;
  /** The most unsafe input that it found, by the forward pass; the runtime may disagree. */
  readonly nearest?: Float64Array;
}

/** Fraction of the remaining time for branching; the rest is for MIPs on the conjunctions that it leaves undecided. */
const share = 0.6;
/** The same for branching on inputs, if it is tried: it either ends or leaves little for the others. */
const inputsShare = 0.8;
/**
 * The first search on inputs, which samples follow. The only one if no limit ends it: a question that only rounding or
 * the edge of a jump decides would be divided for ever.
 */
const mostNodes = 2000;
/** Points that are drawn; fewer of a large network: those of so many batches, some seconds. */
const [mostSamples, samplesOfBatch] = [200_000, 20];

/**
 * Excludes conjunctions by branch and bound on bounds that are certified leaf by leaf: with few inputs on boxes of
 * inputs (branch-on-inputs.ts), and what that leaves undecided on the signs of units (exclude-outputs.ts). Only the
 * first can exclude a conjunction of several rows each of which is satisfiable somewhere. Every corner that attains a
 * bound is tried as a witness.
 */
export function excludeByBranching(
  network: Network,
  query: Query,
  boundLayers: BoundLayers,
  options: BranchingOptions = {},
): Branching {
  const { region, unsafe } = query;
  const untried: Branching = { open: [...unsafe.keys()], settledBound: Infinity, bound: null };
  // A box of inputs would forget the ball.
  const onInputs = fewInputs(region) && (region.ball === undefined || region.ball.norm === 'linf');
  if (query.goal === 'closest' || !(onInputs || unsafe.some(({ length }) => length === 1))) return untried;
  const inspection = inspectionOf(network, query);
  const search: Search = { network, query, boundLayers, options, inspection };
  const tried = onInputs ? byInputs(search, [...unsafe.keys()]) : new Map<number, number>();
  const open = [...unsafe.keys()].filter((index) => !((tried.get(index) ?? -Infinity) > 0));
  const bySign = inspection.witness === undefined ? bySigns(search, open) : new Map<number, number>();
  if (inspection.witness !== undefined) return { ...untried, witness: inspection.witness };
  const boundOf = (index: number) => Math.max(tried.get(index) ?? -Infinity, bySign.get(index) ?? -Infinity);
  const judged = [...unsafe.keys()].map((index) => ({ index, bound: boundOf(index) }));
  const least = (some: typeof judged) => some.reduce((least, { bound }) => Math.min(least, bound), Infinity);
  const bound = least(judged);
  return {
    open: judged
      .filter(({ bound }) => !(bound > 0))
      .sort((one, other) => rank(one.bound) - rank(other.bound))
      .map(({ index }) => index),
    settledBound: least(judged.filter(({ bound }) => bound > 0)),
    bound: bound === -Infinity ? null : bound,
    nearest: inspection.nearest,
  };
}

/** Conjunctions that were not tried come last. */
const rank = (bound: number): number => (bound === -Infinity ? Infinity : bound);

interface Search {
  readonly network: Network;
  readonly query: Query;
  readonly boundLayers: BoundLayers;
  readonly options: BranchingOptions;
  readonly inspection: Inspection;
}

/** What the searches have found. */
interface Inspection {
  readonly inspect: (input: Float64Array) => boolean;
  witness?: Float64Array;
  nearest?: Float64Array;
}

/** Tries inputs as witnesses by the forward pass. */
export function inspectionOf(network: Network, { region, unsafe }: Query): Inspection {
  const outputs = passOf(network);
  let worst = -Infinity;
  const found: Inspection = {
    inspect: (input) => {
      const seen = onFloat32(region, input);
      if (seen === undefined) return false;
      const at = outputs(seen, 1);
      const value = unsafeValue(unsafe, at);
      if (value > worst) [worst, found.nearest] = [value, seen];
      if (!isUnsafe(unsafe, at)) return false;
      found.witness = seen;
      return true;
    },
  };
  return found;
}

/** The bounds of these conjunctions, by branching on inputs. */
function byInputs(search: Search, indices: readonly number[]): ReadonlyMap<number, number> {
  const { network, query, boundLayers, options, inspection } = search;
  const functions = indices.flatMap((index) => query.unsafe[index].map(marginOf));
  let next = 0;
  const groups = indices.map((index) => query.unsafe[index].map(() => next++));
  const { left, isOver } = clockOf(options);
  const bounds = functionBounds(network, boundLayers(query.region.box, isOver), functions);
  if (isOver()) return new Map();
  const end = (1 - inputsShare) * left();
  const branch = (nodeLimit: number) =>
    branchOnInputs(withFunctions(network, functions), bounds, groups, {
      inspect: inspection.inspect,
      nodeLimit,
      stopped: () => isOver() || (end < Infinity && left() <= end),
      onProgress: (progress) =>
        options.onProgress?.({ open: indices.length, bound: progress.bound, nodes: progress.nodes }),
    });
  let found = branch(mostNodes);
  // Bounds that say so little for so long may leave a witness that no corner and no middle of a box is near to.
  if (found.bounds.some((bound) => !(bound > 0)) && inspection.witness === undefined && !isOver()) {
    drawSamples(search);
    if (inspection.witness === undefined && left() < Infinity) found = branch(Infinity);
  }
  return new Map(indices.map((index, k) => [index, found.bounds[k]]));
}

function drawSamples({ network, query, options, inspection }: Search): void {
  const score = prepareScore(network);
  let best = -Infinity;
  sampleAttack(score, query, {
    random: seededRandom(0, 'samples'),
    samples: Math.min(mostSamples, samplesOfBatch * score.batch),
    inspect: (point, value, isUnsafe) => {
      if (!isUnsafe && value <= best) return options.stopped?.() ?? false;
      best = Math.max(best, value);
      return inspection.inspect(point.slice());
    },
  });
}

/**
 * The bounds of those of these conjunctions that have one row, by branching on signs: first behind the front of the
 * network, if it has one (exclude-behind-front.ts); then, of those that this leaves open, in the whole network.
 */
function bySigns(search: Search, indices: readonly number[]): ReadonlyMap<number, number> {
  const { network, query, boundLayers, inspection } = search;
  const single = indices.filter((index) => query.unsafe[index].length === 1);
  const { isOver } = clockOf(search.options);
  if (single.length === 0 || isOver()) return new Map();
  const margins = single.map((index) => marginOf(query.unsafe[index][0]));
  const known = boundLayers(query.region.box, isOver);
  const found = excludeBehindFront(network, known, margins, searchOf(search));
  const open = [...margins.keys()].filter((k) => !(found !== undefined && found[k] > 0));
  if (open.length > 0 && inspection.witness === undefined && !isOver()) {
    const bounds = inWholeNetwork(
      search,
      known,
      open.map((k) => margins[k]),
    );
    if (found === undefined) return new Map(open.map((k, at) => [single[k], bounds[at]]));
    open.forEach((k, at) => (found[k] = Math.max(found[k], bounds[at])));
  }
  return new Map(single.map((index, k) => [index, found?.[k] ?? -Infinity]));
}

function inWholeNetwork(search: Search, known: NetworkBounds, margins: readonly OutputRow[]): Float64Array {
  const { isOver } = clockOf(search.options);
  const split = splitNetwork(search.network, known, isOver);
  const bounds = functionBounds(split.network, split.bounds, margins);
  if (isOver()) return new Float64Array(margins.length).fill(-Infinity);
  return excludeOutputs(withFunctions(split.network, margins), bounds, searchOf(search));
}

/** What a search may take of the time that is left, and whom it tells. */
function searchOf({ options, inspection }: Search): SearchOptions {
  const { left } = clockOf(options);
  const reserve = left() === Infinity ? 0 : (1 - share) * left();
  return {
    inspect: inspection.inspect,
    remaining: () => left() - reserve,
    stopped: options.stopped,
    onProgress: options.onProgress,
  };
}

function clockOf(options: BranchingOptions): { readonly left: () => number; readonly isOver: () => boolean } {
  const left = () => options.remaining?.() ?? Infinity;
  return { left, isOver: () => left() <= 0 || (options.stopped?.() ?? false) };
}
