import { crownBounds, nextLayerBounds, type NetworkBounds } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import { withFunctions } from './margin-network.js';
import type { OutputRow } from './query.js';
import type { Box } from './region.js';
import type { BoundOutputs } from './verify-by-bounds.js';

/**
 * Proven bounds on every layer of a network for inputs in a box. Looser ones where `stopped` says that the time is up.
 */
export type BoundLayers = (box: Box, stopped?: () => boolean) => NetworkBounds;

/** CROWN bounds on all layers, computed once for the box that was asked for last: all steps on a region share them. */
export function rememberedCrown(network: Network): BoundLayers {
  let latest: { readonly bounds: NetworkBounds; readonly isWhole: boolean } | undefined;
  return (box, stopped) => {
    if (latest?.bounds.input === box && (latest.isWhole || stopped?.())) return latest.bounds;
    const bounds = crownBounds(network, box, stopped);
    latest = { bounds, isWhole: !stopped?.() };
    return bounds;
  };
}

/**
 * Lower bounds on linear functions of the outputs by interval and backward linear bounds (CROWN), each function bounded
 * as a whole, constant included: bounding the outputs one by one would forget that they depend on the same input.
 */
export function boundOutputsOf(
  network: Network,
  boundLayers: BoundLayers = rememberedCrown(network),
  stopped?: () => boolean,
): BoundOutputs {
  return (box, functions) =>
    functions.length === 0
      ? new Float64Array(0)
      : functionBounds(network, boundLayers(box, stopped), functions).layers.at(-1)!.lower;
}

/** The same, computed once for what was asked last. */
export function rememberedOutputs(boundOutputs: BoundOutputs): BoundOutputs {
  let latest:
    { readonly box: Box; readonly functions: readonly OutputRow[]; readonly bounds: Float64Array } | undefined;
  return (box, functions) => {
    if (latest?.box !== box || !areSame(latest.functions, functions))
      latest = { box, functions, bounds: boundOutputs(box, functions) };
    return latest.bounds;
  };
}

const areSame = (some: readonly OutputRow[], others: readonly OutputRow[]): boolean =>
  some.length === others.length &&
  some.every(
    ({ coefficients, constant }, k) =>
      constant === others[k].constant && coefficients.every((value, at) => value === others[k].coefficients[at]),
  );

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
