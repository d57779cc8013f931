import type { Network } from '@mipnet/network';
import { layerMaps, type PlacedMap } from '@mipnet/network';
import { backwardLowerBounds, backwardUnitBounds } from './backward.js';
import { intersection, requireBox, type Box, type NetworkBounds } from './box.js';
import { nextIntervals } from './interval.js';
import { undecidedUnits } from './undecided.js';

/**
 * Interval bounds, and backward linear bounds for every unit that they leave undecided; valid for all arithmetic that
 * `NetworkBounds` names. Throws as `requireBox`, and 'overflow' as `layerRounding`.
 * @param stopped true keeps the interval bounds, which are valid as well, for all units that are not done yet
 */
export function crownBounds(network: Network, input: Box, stopped?: () => boolean): NetworkBounds {
  requireBox(network, input);
  let bounds: NetworkBounds = { input, layers: [] };
  while (bounds.layers.length < network.layers.length) bounds = nextLayerBounds(network, bounds, stopped);
  return bounds;
}

/**
 * Bounds on the first k layers -> bounds on the first k + 1: for callers that tighten each layer before the next one.
 */
export function nextLayerBounds(network: Network, bounds: NetworkBounds, stopped?: () => boolean): NetworkBounds {
  const maps = layerMaps(network);
  const k = bounds.layers.length;
  const next = nextIntervals(maps, bounds);
  const map = maps[k];
  if (map.kind !== 'affine' || map.isSelect || isFirstMap(maps, k)) return next;
  const units = undecidedUnits(network, k, next);
  return units.length === 0 ? next : withUnits(next, k, units, backwardUnitBounds(maps, next, k, units, stopped));
}

/**
 * Bounds with chosen units of a layer tightened.
 * @throws BoundsError 'unsound' if the bounds of a unit contradict each other
 */
export function withUnits(bounds: NetworkBounds, layer: number, units: ArrayLike<number>, found: Box): NetworkBounds {
  const old = bounds.layers[layer];
  const lower = old.lower.slice();
  const upper = old.upper.slice();
  for (let r = 0; r < units.length; r++) {
    lower[units[r]] = found.lower[r];
    upper[units[r]] = found.upper[r];
  }
  const box = intersection(old, { lower, upper }, `layer ${layer}`);
  return { ...bounds, layers: bounds.layers.map((other, i) => (i === layer ? box : other)) };
}

/**
 * Proven lower bounds on linear forms of the output of the network, e.g. the score of the true class minus another one.
 * @param coefficients forms x outputs, row-major
 */
export function linearLowerBounds(network: Network, bounds: NetworkBounds, coefficients: Float64Array): Float64Array {
  return backwardLowerBounds(layerMaps(network), bounds, network.layers.length - 1, coefficients);
}

/** After layers that only move numbers, interval bounds of one layer are the best possible. */
function isFirstMap(maps: readonly PlacedMap[], k: number): boolean {
  const { sources } = maps[k];
  if (sources.length > 1) return false;
  if (sources[0] < 0) return true;
  const before = maps[sources[0]];
  return (before.kind === 'identity' || picksOnce(before)) && isFirstMap(maps, sources[0]);
}

/** Whether a map picks numbers, each at most once. */
const picksOnce = (map: PlacedMap): boolean =>
  map.kind === 'affine' && map.isSelect === true && new Set(map.indices).size === map.indices.length;
