// Tested by branch-on-inputs.unit.test.ts.
import { linesOfLayer, openAfter, type LinesOn } from '@mipnet/bounds';
import {
  inputSize,
  layerMaps,
  networkInput,
  type AffineMap,
  type ElementwiseMap,
  type MaximumMap,
  type Network,
  type PlacedMap,
} from '@mipnet/network';

/** A layer that changes numbers. Layers that only move numbers are no steps. */
export interface BoxStep {
  readonly map: AffineMap | MaximumMap | ElementwiseMap;
  /** Its position in the network. */
  readonly layer: number;
  /** The steps that it reads, one after the other; -1 is the network's input. */
  readonly sources: readonly number[];
  readonly outputs: number;
  /** Of an elementwise step. */
  readonly linesOn?: LinesOn;
  /**
   * Whether bounds leave a unit undecided for the steps that read it. Absent if every reader is affine: then no bounds
   * on its units are needed.
   */
  readonly isOpen?: (lower: number, upper: number) => boolean;
  /** Where its bounds begin in a frame; only if they are needed. */
  readonly start: number;
}

/** A network as a search over boxes walks it. */
export interface BoxNetwork {
  readonly network: Network;
  readonly maps: readonly PlacedMap[];
  readonly inputs: number;
  readonly steps: readonly BoxStep[];
  /** The steps that its output is made of. */
  readonly outputs: readonly number[];
  /** How many bounds a frame has. */
  readonly count: number;
}

export function boxNetwork(network: Network): BoxNetwork {
  const maps = layerMaps(network);
  const steps: BoxStep[] = [];
  const madeOf: (readonly number[])[] = [];
  let count = 0;
  maps.forEach((map, layer) => {
    const sources = map.sources.flatMap((source) => (source < 0 ? [source] : madeOf[source]));
    if (map.kind === 'identity') {
      madeOf.push(sources);
      return;
    }
    const isWatched = layer < maps.length - 1 && readByCurved(maps, layer);
    madeOf.push([steps.length]);
    steps.push({
      map,
      layer,
      sources,
      outputs: map.outputs,
      start: count,
      ...(isWatched && { isOpen: openAfter(network, layer) }),
      ...(map.kind === 'elementwise' && { linesOn: linesOfLayer(map.layer) }),
    });
    if (isWatched) count += map.outputs;
  });
  return { network, maps, inputs: inputSize(network), steps, outputs: madeOf.at(-1) ?? [networkInput], count };
}

/** Whether a layer that is not affine reads it, perhaps behind layers that only move numbers. */
const readByCurved = (maps: readonly PlacedMap[], layer: number): boolean =>
  maps.some(
    ({ kind, sources }, reader) =>
      sources.includes(layer) && kind !== 'affine' && (kind !== 'identity' || readByCurved(maps, reader)),
  );
