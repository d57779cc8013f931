import { kindOf } from '../layers/registry.js';
import type { Layer, Network } from '../network.js';

/**
 * The network with every number rounded to the nearest float32: what `fromOnnx(toOnnx(network))` gives. A ternary
 * threshold that rounds to zero becomes the smallest positive number, as for the ONNX operator Sign.
 */
export function roundToFloat32(network: Network): Network {
  return { ...network, layers: network.layers.map(roundLayer) };
}

function roundLayer(layer: Layer): Layer {
  const arrays = kindOf(layer)
    .parameters(layer)
    .map(([name, numbers]) => [name, numbers.map(Math.fround)]);
  return kindOf(layer).rounded({ ...layer, ...Object.fromEntries(arrays) } as Layer);
}
