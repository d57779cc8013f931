import { kindOf } from './layers/registry.js';
import type { Layer, Network } from './network.js';
import type { Shape } from './shape.js';
import { networkShapes } from './shapes.js';

/** Multiplications of one layer for one sample; one per number if nothing is multiplied. */
export const multiplicationsOf = (layer: Layer, output: Shape): number => kindOf(layer).multiplications(layer, output);

/**
 * Multiplications of a forward pass of one sample; a MIP of the network has about as many non-zeros. Throws as
 * `networkShapes`.
 */
export function multiplicationCount(network: Network): number {
  return networkShapes(network).reduce((sum, shape, index) => sum + multiplicationsOf(network.layers[index], shape), 0);
}
