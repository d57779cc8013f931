import { sourcesOf } from './graph.js';
import type { LayerMap, PlacedMap } from './layers/layer-map.js';
import { kindOf } from './layers/registry.js';
import type { Layer, Network } from './network.js';
import type { Shape } from './shape.js';
import { outputShape } from './shapes.js';

/** One map per layer of the network, on the concatenated outputs of the layer's sources. */
export function layerMaps(network: Network): PlacedMap[] {
  const sources = sourcesOf(network);
  const shapes: Shape[] = [];
  return network.layers.map((layer, index) => {
    const [first, ...others] = sources[index].map((source) => (source < 0 ? network.inputShape : shapes[source]));
    shapes.push(outputShape(layer, first, index, others));
    return placedMap(layerMap(layer, first, others), sources[index]);
  });
}

/**
 * Maps already placed: bounds ask for all of them once for each layer, and loops are faster on objects that they know.
 */
const placed = new WeakMap<LayerMap, PlacedMap>();

function placedMap(map: LayerMap, sources: readonly number[]): PlacedMap {
  const known = placed.get(map);
  if (known?.sources === sources) return known;
  const own = { ...map, sources };
  placed.set(map, own);
  return own;
}

/** Maps already made: an encoding asks for the same layer once for each sample. */
const made = new WeakMap<Layer, { readonly inputs: readonly Shape[]; readonly map: LayerMap }>();

/** @param others shapes of the layer's other sources */
export function layerMap(layer: Layer, input: Shape, others: readonly Shape[] = []): LayerMap {
  const known = made.get(layer);
  const inputs = [input, ...others];
  if (known?.inputs.length === inputs.length && inputs.every((shape, i) => isSame(shape, known.inputs[i])))
    return known.map;
  const map = makeLayerMap(layer, input, others);
  made.set(layer, { inputs, map });
  return map;
}

const isSame = (one: Shape, other: Shape): boolean =>
  one.length === other.length && one.every((extent, axis) => extent === other[axis]);

function makeLayerMap(layer: Layer, input: Shape, others: readonly Shape[]): LayerMap {
  const map = kindOf(layer).map(layer, input, outputShape(layer, input, 0, others), others.length + 1);
  return 'arithmetic' in layer && (map.kind === 'affine' || map.kind === 'elementwise')
    ? { ...map, arithmetic: layer.arithmetic }
    : map;
}
