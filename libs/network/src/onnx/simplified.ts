// Tested by onnxruntime.int.test.ts and round-trip.unit.test.ts.
import { linked, networkInput, readersOf, sourcesOf } from '../graph.js';
import { spread } from '../layers/scale.js';
import type { Layer, Network, Select } from '../network.js';
import type { Shape } from '../shape.js';

/**
 * The same network with fewer layers that only move numbers: a select layer takes up what it alone reads, if that is a
 * select or a flatten layer, and a flat input that becomes an image before anything else happens to it is an image.
 */
export const simplified = (network: Network): Network => withImageInput(withoutMoves(network));

function withoutMoves(network: Network): Network {
  if (!network.layers.some(({ kind }) => kind === 'select')) return network;
  const sources = sourcesOf(network);
  const readers = readersOf(network);
  const layers = [...network.layers];
  /** What reads a layer that is gone reads instead; undefined for a layer that stays. */
  const gone = new Map<number, number>();
  const alive = (index: number): number => (gone.has(index) ? alive(gone.get(index)!) : index);
  for (let index = 0; index < layers.length; index++) {
    for (;;) {
      const layer = layers[index];
      const source = alive(sources[index][0]);
      if (layer.kind !== 'select' || source < 0 || readers[source].length > 1) break;
      const before = layers[source];
      if (before.kind !== 'flatten' && before.kind !== 'select') break;
      if (before.kind === 'select') layers[index] = composed(before, layer);
      gone.set(source, sources[source][0]);
    }
  }
  if (gone.size === 0) return network;
  const kept = [...layers.keys()].filter((index) => !gone.has(index));
  const place = new Map(kept.map((index, position) => [index, position]));
  return {
    ...network,
    layers: linked(
      kept.map((index) => layers[index]),
      kept.map((index) => sources[index].map((source) => place.get(alive(source)) ?? networkInput)),
    ),
  };
}

function composed(first: Select, then: Select): Select {
  const constants = Float64Array.from(then.positions, (position, at) =>
    position < 0 ? (then.constants?.[at] ?? 0) : first.positions[position] < 0 ? (first.constants?.[position] ?? 0) : 0,
  );
  return {
    kind: 'select',
    positions: then.positions.map((position) => (position < 0 ? -1 : first.positions[position])),
    shape: then.shape,
    ...(constants.some((constant) => constant !== 0) && { constants }),
  };
}

function withImageInput(network: Network): Network {
  const { inputShape, layers } = network;
  const sources = sourcesOf(network);
  const end = layers.findIndex(({ kind }) => kind !== 'activation' && kind !== 'quantize' && kind !== 'scale');
  const select = layers[end];
  if (inputShape.length !== 1 || select?.kind !== 'select' || select.shape.length !== 3) return network;
  if (select.positions.length !== inputShape[0] || !select.positions.every((position, at) => position === at))
    return network;
  if (isWindows(layers[end + 1], select.shape)) return network;
  const isAlone = sources.every((own, index) =>
    index <= end ? own.length === 1 && own[0] === index - 1 : own.every((source) => source >= end),
  );
  if (!isAlone) return network;
  const before = layers.slice(0, end).map((layer) => onImage(layer, inputShape));
  const isGone = (index: number): boolean => index === end;
  const shifted = (source: number): number => (source >= end ? source - 1 : source);
  return {
    ...network,
    inputShape: select.shape,
    layers: linked(
      [...before, ...layers.slice(end + 1)],
      sources.filter((_, index) => !isGone(index)).map((own) => own.map(shifted)),
    ),
  };
}

/** Whether a select puts windows side by side for a pool or a sum, as reductions do: that is no image of the file. */
const isWindows = (next: Layer | undefined, [channels, rows, columns]: Shape): boolean =>
  next !== undefined &&
  'kernel' in next &&
  next.kernel[0] === 1 &&
  next.kernel[1] === columns &&
  (next.kind === 'conv2d' ? channels : rows) === 1;

/** A layer on a vector as one on an image: its channels are other ones. */
function onImage(layer: Layer, shape: Shape): Layer {
  if (layer.kind !== 'scale') return layer;
  const written = (numbers: Float64Array): Float64Array => (numbers.length === 1 ? numbers : spread(numbers, shape));
  const { factor, offset, offsetSize } = layer;
  return {
    ...layer,
    factor: written(factor),
    offset: written(offset),
    ...(offsetSize && { offsetSize: written(offsetSize) }),
  };
}
