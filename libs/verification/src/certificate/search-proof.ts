// Tested by certificate.unit.test.ts.
import type { NetworkBounds } from '@mipnet/bounds';
import { branchOnInputs, branchOnSigns, liveNetwork, type BranchEvent, type Division } from '@mipnet/branching';
import type { Network } from '@mipnet/network';
import { functionBounds, type BoundLayers } from '../bound-outputs.js';
import { marginOf, withFunctions } from '../margin-network.js';
import { passOf } from '../prepared-pass.js';
import { onFloat32 } from '../project.js';
import { isUnsafe, type Query } from '../query.js';
import { hintsOfInputs, hintsOfSigns, type Hints } from './search-hints.js';

export interface SearchedProof {
  /**
   * For each conjunction that the search excludes: how, by a wider margin at every further one, because the checker's
   * own bounds of units are not those of the search.
   */
  readonly hints: ReadonlyMap<number, () => Iterable<Hints | undefined>>;
  /** An unsafe input, by the forward pass. */
  readonly witness?: Float64Array;
}

/** With at most this many inputs that are not fixed, boxes of inputs are divided. */
const fewInputs = 10;

/**
 * Excludes conjunctions by branch and bound, and keeps how: with few inputs on boxes of inputs, otherwise, those of one
 * row, on the signs of units.
 */
export function searchProof(
  network: Network,
  query: Query,
  boundLayers: BoundLayers,
  stopped: () => boolean,
): SearchedProof {
  const { lower, upper } = query.region.box;
  const isSmall = lower.filter((low, i) => low < upper[i]).length <= fewInputs;
  const tried = [...query.unsafe.keys()].filter((index) => isSmall || query.unsafe[index].length === 1);
  const margins = tried.flatMap((index) => query.unsafe[index].map(marginOf));
  const hints: Search['hints'] = new Map();
  if (margins.length === 0) return { hints };
  const bounds = functionBounds(network, boundLayers(query.region.box, stopped), margins);
  if (stopped()) return { hints };
  const search: Search = { network: withFunctions(network, margins), bounds, tried, stopped, hints };
  const witness = (isSmall ? byInputs : bySigns)(search, query, passOf(network));
  return { hints, witness };
}

interface Search {
  /** Its outputs are the margins of the rows of the conjunctions that are tried. */
  readonly network: Network;
  readonly bounds: NetworkBounds;
  /** Positions in the query. */
  readonly tried: readonly number[];
  readonly stopped: () => boolean;
  readonly hints: Map<number, () => Iterable<Hints | undefined>>;
}

/** Of the bound of a row before the search: what its leaves exceed 0 by. */
const wider = [0.02, 0.05, 0.1, 0.2];

type Pass = (inputs: Float64Array, count: number) => Float64Array;

function byInputs({ network, bounds, tried, stopped, hints }: Search, query: Query, pass: Pass) {
  let next = 0;
  const groups = tried.map((index) => query.unsafe[index].map(() => next++));
  const divisions = new Map<number, Division>();
  const weights = groups.map(() => new Map<number, readonly number[]>());
  const seen = inspector(query, pass);
  const found = branchOnInputs(network, bounds, groups, {
    inspect: seen.inspect,
    stopped,
    log: {
      divide: (part, division) => void divisions.set(part, division),
      exclude: (part, group, rows) => void weights[group].set(part, rows),
    },
  });
  tried.forEach((index, k) => {
    if (found.bounds[k] > 0) hints.set(index, () => [hintsOfInputs(divisions, weights[k]), undefined]);
  });
  return seen.witness();
}

function bySigns({ network, bounds, tried, stopped, hints }: Search, query: Query, pass: Pass) {
  const live = liveNetwork(network, bounds);
  const seen = inspector(query, pass);
  for (const [k, index] of tried.entries()) {
    const row = Float64Array.from(tried, (_, other) => (other === k ? 1 : 0));
    const searched = (target: number) => {
      const events: BranchEvent[] = [];
      const log = (event: BranchEvent) => void events.push(event);
      const { bound } = branchOnSigns(live, row, { target, inspect: seen.inspect, stopped, log });
      return { bound, hints: hintsOfSigns(network, live, events) };
    };
    const first = searched(0);
    if (seen.witness() !== undefined) break;
    const width = Math.abs(bounds.layers.at(-1)!.lower[k]);
    if (first.bound > 0)
      hints.set(index, function* () {
        yield first.hints;
        for (const margin of wider) if (!stopped()) yield searched(margin * width).hints;
      });
  }
  return seen.witness();
}

/** Keeps the first input that is unsafe by the forward pass. */
function inspector({ region, unsafe }: Query, pass: Pass) {
  let witness: Float64Array | undefined;
  return {
    witness: () => witness,
    inspect: (input: Float64Array): boolean => {
      const on = onFloat32(region, input);
      if (on === undefined || !isUnsafe(unsafe, pass(on, 1))) return false;
      witness = on;
      return true;
    },
  };
}
