// Tested by damaged-model.unit.test.ts.
import type { Layer } from '../network.js';

/**
 * The layers so far, as a list that shares its beginning with the shorter lists that it extends. Each node of a graph
 * makes a new list of one more layer; with arrays, a graph of n nodes would hold and copy n²/2 layers. Branches share
 * the beginning that they have in common, and a layer that joins them follows all of them.
 */
export interface LayerChain {
  /** Of the longest path. */
  readonly length: number;
  /** Undefined if there are no layers. */
  readonly last?: Layer;
  readonly before?: LayerChain;
  /** What the last layer reads besides `before`. */
  readonly others?: readonly LayerChain[];
}

export const noLayers: LayerChain = { length: 0 };

export const followedBy = (before: LayerChain, last: Layer): LayerChain => ({
  length: before.length + 1,
  last,
  before,
});

/** A layer that reads several. */
export const joinedBy = ([before, ...others]: readonly LayerChain[], last: Layer): LayerChain => ({
  length: others.reduce((most, { length }) => Math.max(most, length), before.length) + 1,
  last,
  before,
  others,
});

/** Without its last layer. */
export const shortened = (chain: LayerChain): LayerChain => chain.before ?? noLayers;

/** From the first to the last; layers that branches read have names. */
export function layersOf(chain: LayerChain): Layer[] {
  const order = inTopologicalOrder(chain);
  const positions = new Map(order.map((part, index) => [part, index]));
  const named = new Set<LayerChain>();
  const sources = order.map((part, index) => {
    const read = sourcesOf(part);
    const isPlain = read.length === 1 && (positions.get(read[0]) ?? -1) === index - 1;
    if (!isPlain) for (const source of read) named.add(source);
    return isPlain ? undefined : read;
  });
  const nameOf = (part: LayerChain): string => (part.last === undefined ? 'input' : `layer ${positions.get(part)}`);
  return order.map((part, index) => ({
    ...part.last!,
    ...(named.has(part) && { name: nameOf(part) }),
    ...(sources[index] && { from: sources[index].map(nameOf) }),
  }));
}

const sourcesOf = (part: LayerChain): readonly LayerChain[] => [shortened(part), ...(part.others ?? [])];

/** Every list that ends in a layer of this one, each after all that it reads. Without recursion: chains are long. */
function inTopologicalOrder(chain: LayerChain): LayerChain[] {
  const order: LayerChain[] = [];
  const done = new Set<LayerChain>();
  const pending = [chain];
  for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
    const missing = sourcesOf(part).filter((source) => source.last !== undefined && !done.has(source));
    if (missing.length > 0 && part.last !== undefined && !done.has(part)) {
      pending.push(missing[0]);
      continue;
    }
    pending.pop();
    if (part.last === undefined || done.has(part)) continue;
    done.add(part);
    order.push(part);
  }
  return order;
}
