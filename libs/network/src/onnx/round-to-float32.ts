import type { Layer, Network } from '../network.js';
import { parametersOf } from '../shapes.js';

/**
 * The network with every number rounded to the nearest float32: what `fromOnnx(toOnnx(network))` gives. A ternary
 * threshold that rounds to zero becomes the smallest positive number, as for the ONNX operator Sign.
 */
export function roundToFloat32(network: Network): Network {
  return { ...network, layers: network.layers.map(roundLayer) };
}

function roundLayer(layer: Layer): Layer {
  const rounded = parametersOf(layer).map(([name, numbers]) => [name, numbers.map(Math.fround)]);
  const result = { ...layer, ...Object.fromEntries(rounded) } as Layer;
  if (result.kind === 'quantize') return { ...result, levels: Math.fround(result.levels) };
  if (result.kind !== 'activation' || result.threshold === undefined) return result;
  if (result.activation !== 'ternary') return { kind: 'activation', activation: result.activation };
  return { ...result, threshold: Math.fround(result.threshold) || Number.MIN_VALUE };
}
