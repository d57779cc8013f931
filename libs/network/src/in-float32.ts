import type { Network } from './network.js';

/** The same network, for certificates that include the float32 rounding of the ONNX runtime in every layer. */
export function inFloat32(network: Network): Network {
  return {
    ...network,
    layers: network.layers.map((layer) =>
      layer.kind === 'flatten' || layer.kind === 'activation' ? layer : { ...layer, arithmetic: 'float32' },
    ),
  };
}
