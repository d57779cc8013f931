import type { Layer } from '../network.js';

/**
 * The layers so far, as a list that shares its beginning with the shorter lists it came from. Each node of a graph makes
 * a new list of one more layer; with arrays, a graph of n nodes would hold and copy n²/2 layers.
 */
export interface LayerChain {
  readonly length: number;
  /** Undefined if there are no layers. */
  readonly last?: Layer;
  readonly before?: LayerChain;
}

export const noLayers: LayerChain = { length: 0 };

export const followedBy = (before: LayerChain, last: Layer): LayerChain => ({
  length: before.length + 1,
  last,
  before,
});

/** Without its last layer. */
export const shortened = (chain: LayerChain): LayerChain => chain.before ?? noLayers;

/** From the first to the last. */
export function layersOf(chain: LayerChain): Layer[] {
  const layers: Layer[] = [];
  for (let rest = chain; rest.last !== undefined; rest = shortened(rest)) layers.push(rest.last);
  return layers.reverse();
}
