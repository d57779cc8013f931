import type { LayerMap } from './layers/layer-map.js';
import { kindOf } from './layers/registry.js';
import type { Layer, Network } from './network.js';
import type { Shape } from './shape.js';
import { outputShape } from './shapes.js';

/** One map for each layer of the network. */
export function layerMaps(network: Network): LayerMap[] {
  let shape = network.inputShape;
  return network.layers.map((layer, index) => {
    const map = layerMap(layer, shape);
    shape = outputShape(layer, shape, index);
    return map;
  });
}

/** Maps already made: an encoding asks for the same layer once for each sample. */
const made = new WeakMap<Layer, { readonly input: Shape; readonly map: LayerMap }>();

export function layerMap(layer: Layer, input: Shape): LayerMap {
  const known = made.get(layer);
  if (known && known.input.length === input.length && known.input.every((extent, i) => extent === input[i]))
    return known.map;
  const map = makeLayerMap(layer, input);
  made.set(layer, { input, map });
  return map;
}

function makeLayerMap(layer: Layer, input: Shape): LayerMap {
  const map = kindOf(layer).map(layer, input, outputShape(layer, input));
  return 'arithmetic' in layer && (map.kind === 'affine' || map.kind === 'elementwise')
    ? { ...map, arithmetic: layer.arithmetic }
    : map;
}
