import type { Layer, Network, Shape } from './network.js';
import { networkShapes, sizeOf } from './shapes.js';

/** Multiplications of one layer for one sample; one for each number where nothing is multiplied. */
export function multiplicationsOf(layer: Layer, output: Shape): number {
  if (layer.kind === 'dense') return layer.weights.length;
  if (layer.kind === 'conv2d') return sizeOf(output) * (layer.weights.length / layer.outputChannels);
  return sizeOf(output) * ('kernel' in layer ? layer.kernel[0] * layer.kernel[1] : 1);
}

/** Of a forward pass of one sample: as many non-zeros has a MIP of the network, about. Throws as `networkShapes`. */
export function multiplicationCount(network: Network): number {
  return networkShapes(network).reduce((sum, shape, index) => sum + multiplicationsOf(network.layers[index], shape), 0);
}
