// Tested by front-bound.unit.test.ts.
import { boundsBefore, type LayerRounding, type NetworkBounds } from '@mipnet/bounds';
import { layerMaps, linked, networkInput, networkShapes, sourcesOf, type Layer, type Network } from '@mipnet/network';
import { findFront } from './find-front.js';
import { FrontBound } from './front-bound.js';
import { frontImage } from './front-image.js';

/** The rest of a network, whose inputs are the numbers of a front, with bounds that know their image. */
export interface BehindFront {
  readonly network: Network;
  readonly bounds: NetworkBounds;
}

/**
 * Undefined if the network has no front (see `findFront`), or if `stopped` says so before what it can be is known.
 * @param bounds proven, on all layers
 */
export function behindFront(
  network: Network,
  bounds: NetworkBounds,
  stopped: () => boolean = () => false,
): BehindFront | undefined {
  const maps = layerMaps(network);
  const front = findFront(maps, bounds);
  if (front === undefined) return undefined;
  const { has, boundary } = front;
  const { lower, upper } = boundsBefore(bounds, boundary);
  const image = frontImage(maps, bounds, front, stopped);
  if (image === undefined) return undefined;
  const shapes = networkShapes(network);
  const layers: Layer[] = [];
  const sources: (readonly number[])[] = [];
  const boxes: NetworkBounds['layers'][number][] = [];
  const rounding: LayerRounding[] = [];
  /** Of each layer: where its output is now. */
  const place = new Map<number, number>([[networkInput, networkInput]]);
  let start = 0;
  for (const k of boundary) {
    const count = maps[k].outputs;
    const positions = Int32Array.from({ length: count }, (_, i) => start + i);
    start += count;
    place.set(k, layers.push({ kind: 'select', positions, shape: shapes[k] }) - 1);
    sources.push([networkInput]);
    boxes.push(bounds.layers[k]);
    rounding.push({ errors: new Float64Array(count), steps: bounds.rounding?.[k]?.steps ?? new Float64Array(count) });
  }
  const read = sourcesOf(network);
  network.layers.forEach((layer, k) => {
    if (has[k]) return;
    place.set(k, layers.push(layer) - 1);
    sources.push(read[k].map((source) => place.get(source)!));
    boxes.push(bounds.layers[k]);
    if (bounds.rounding !== undefined) rounding.push(bounds.rounding[k]);
  });
  return {
    network: { inputShape: [start], layers: linked(layers, sources) },
    bounds: {
      input: { lower, upper, image: { formBound: () => new FrontBound(image) } },
      layers: boxes,
      ...(bounds.rounding !== undefined && { rounding }),
    },
  };
}
