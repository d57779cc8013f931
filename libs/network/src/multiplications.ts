import { kindOf } from './layers/registry.js';
import type { Layer, Network } from './network.js';
import type { Shape } from './shape.js';
import { networkShapes } from './shapes.js';

/** Multiplications of one layer for one sample; one per number if nothing is multiplied. */
export const multiplicationsOf = (layer: Layer, output: Shape): number => kindOf(layer).multiplications(layer, output);

/** Of a forward pass of one sample: as many non-zeros has a MIP of the network, about. Throws as `networkShapes`. */
export function multiplicationCount(network: Network): number {
  return networkShapes(network).reduce((sum, shape, index) => sum + multiplicationsOf(network.layers[index], shape), 0);
}
