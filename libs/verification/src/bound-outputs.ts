import { crownBounds, nextLayerBounds, type NetworkBounds } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import { withFunctions } from './margin-network.js';
import type { OutputRow } from './query.js';
import type { Box } from './region.js';
import type { BoundOutputs } from './verify-by-bounds.js';

/** Proven bounds on every layer of a network for inputs in a box. */
export type BoundLayers = (box: Box) => NetworkBounds;

/** CROWN bounds on all layers, computed once for the box that was asked for last: all steps on a region share them. */
export function rememberedCrown(network: Network): BoundLayers {
  let latest: NetworkBounds | undefined;
  return (box) => (latest?.input === box ? latest : (latest = crownBounds(network, box)));
}

/**
 * Lower bounds on linear functions of the outputs by interval and backward linear bounds (CROWN), each function bounded as
 * a whole, constant included: bounding the outputs one by one would forget that they depend on the same input.
 */
export function boundOutputsOf(network: Network, boundLayers: BoundLayers = rememberedCrown(network)): BoundOutputs {
  return (box, functions) =>
    functions.length === 0
      ? new Float64Array(0)
      : functionBounds(network, boundLayers(box), functions).layers.at(-1)!.lower;
}

/** Bounds on a network, continued to functions of its outputs: bounds on `withFunctions(network, functions)`. */
export function functionBounds(
  network: Network,
  bounds: NetworkBounds,
  functions: readonly OutputRow[],
): NetworkBounds {
  const extended = withFunctions(network, functions);
  let all = bounds;
  while (all.layers.length < extended.layers.length) all = nextLayerBounds(extended, all);
  return all;
}
