import { behindFront, branchOnSigns, liveNetwork, tightenUnits } from '@mipnet/branching';
import type { NetworkBounds } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import { functionBounds } from './bound-outputs.js';
import { withFunctions } from './margin-network.js';
import type { OutputRow } from './query.js';
import { splitForOne } from './split-for-one.js';

export interface SearchOptions {
  /** Tries an input as a witness; true ends the search. */
  readonly inspect: (input: Float64Array) => boolean;
  /** Returns the remaining seconds. */
  readonly remaining: () => number;
  readonly stopped?: () => boolean;
  readonly onProgress?: (progress: { readonly open: number; readonly bound: number; readonly nodes: number }) => void;
}

/** Passes of the ascent for a bound of a unit. */
const passes = 16;
/** Search nodes of a function, if no time limit ends its search. */
const mostNodes = 1000;

/**
 * Certified lower bounds on functions of a network's outputs by what its front can be as a whole (front-bound.ts):
 * bounds on the units behind the front that the functions depend on, then branch and bound on these units, one function
 * after the other. Undefined if the network has no front.
 * @param bounds proven, on all layers
 */
export function excludeBehindFront(
  network: Network,
  bounds: NetworkBounds,
  functions: readonly OutputRow[],
  { inspect, remaining, stopped, onProgress }: SearchOptions,
): Float64Array | undefined {
  const isOver = (): boolean => remaining() <= 0 || (stopped?.() ?? false);
  const behind = behindFront(network, bounds, isOver);
  if (behind === undefined) return undefined;
  let isWitness = false;
  const wide = functionBounds(behind.network, behind.bounds, functions);
  const { bounds: tightened } = tightenUnits(withFunctions(behind.network, functions), wide, {
    nodeLimit: 1,
    rootPasses: passes,
    target: Infinity,
    wanted: Int32Array.from(functions.keys()),
    stopped: isOver,
  });
  const count = behind.network.layers.length;
  const known: NetworkBounds = {
    input: tightened.input,
    layers: tightened.layers.slice(0, count),
    rounding: tightened.rounding?.slice(0, count),
  };
  const found = wide.layers[wide.layers.length - 1].lower.slice();
  for (const [k, one] of functions.entries()) {
    if (found[k] > 0) continue;
    if (isWitness || isOver()) break;
    const end = remaining() - remaining() / (functions.length - k);
    const split = splitForOne(withFunctions(behind.network, [one]), functionBounds(behind.network, known, [one]));
    const { bound } = branchOnSigns(liveNetwork(split.network, split.bounds), Float64Array.of(1), {
      inspect: (input) => (isWitness = inspect(input)),
      nodeLimit: remaining() === Infinity ? mostNodes : Infinity,
      stopped: () => isOver() || remaining() <= end,
      onProgress: (progress) => onProgress?.({ ...progress, open: functions.length - k }),
    });
    found[k] = Math.max(found[k], bound);
  }
  return found;
}
