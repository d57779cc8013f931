// Tested by integer-front.unit.test.ts.
import { networkShapes, readersOf, sourcesOf, type Layer, type Network } from '@mipnet/network';
import { strongestLayers } from '../fixed/strongest-layers.js';

/** The layers of a plan's `strongest`, which end here. */
export interface Competition {
  /** The layer whose channels compete. */
  readonly source: number;
  readonly factor: number;
  readonly channels: number;
}

/**
 * Where a network has the layers of `strongest`, which can be computed in one step: at the last of them the
 * competition, at those that no layer outside reads 'inside', and undefined everywhere else.
 */
export function competitions(network: Network): readonly (Competition | 'inside' | undefined)[] {
  const found: (Competition | 'inside' | undefined)[] = network.layers.map(() => undefined);
  network.layers.forEach((_, start) => {
    const competition = competitionAt(network, start);
    if (competition === undefined) return;
    found.fill('inside', start, start + length - 1);
    found[start + length - 1] = competition;
  });
  return found;
}

/** Picks, maximum, picks and scale; the scale of the channels; add and relu. */
const length = 7;

function competitionAt(network: Network, start: number): Competition | undefined {
  const layers = network.layers.slice(start, start + length);
  const scale = layers[4];
  const sources = sourcesOf(network);
  const [source] = sources[start];
  if (layers.length < length || scale.kind !== 'scale' || source < 0) return undefined;
  const shape = networkShapes(network)[source];
  const [factor] = scale.factor;
  if (shape.length !== 3 || !(factor >= 1) || !Number.isInteger(factor)) return undefined;
  const { responses, largest } = strongestLayers(shape, 1 / factor);
  const wanted: Layer[] = [...largest, ...responses, { kind: 'add' }, { kind: 'activation', activation: 'relu' }];
  const reads = [[source], [start], [start + 1], [start + 2], [source], [start + 4, start + 3], [start + 5]];
  const readers = readersOf(network);
  const isWhole = layers.every(
    (layer, at) =>
      isSame(layer, wanted[at]) &&
      String(sources[start + at]) === String(reads[at]) &&
      (at === length - 1 || readers[start + at].every((reader) => reader < start + length)),
  );
  return isWhole ? { source, factor, channels: shape[0] } : undefined;
}

/** By content; numbers of an array one by one. */
const isSame = ({ name: _, from: __, ...layer }: Layer, wanted: Layer): boolean =>
  JSON.stringify(layer, plain) === JSON.stringify(wanted, plain);

const plain = (_: string, value: unknown): unknown => (ArrayBuffer.isView(value) ? String(value) : value);
