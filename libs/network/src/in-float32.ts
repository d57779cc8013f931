import { kindOf } from './layers/registry.js';
import type { Layer, Network } from './network.js';

/** The same network, for certificates that include the float32 rounding of the ONNX runtime in every layer. */
export function inFloat32(network: Network): Network {
  return {
    ...network,
    layers: network.layers.map((layer) =>
      kindOf(layer).rounds(layer) ? ({ ...layer, arithmetic: 'float32' } as Layer) : layer,
    ),
  };
}
