// Tested by branch-on-signs.unit.test.ts.
import { boundsBefore, errorsOf, type NetworkBounds } from '@mipnet/bounds';
import { isStepwise, joined, piecesOf, readersOf } from '@mipnet/network';
import type { AffineMap, Network, PlacedMap } from '@mipnet/network';

/** What is left of each layer. */
export interface LiveUnits {
  readonly units: readonly Int32Array[];
  /** Of a layer that an affine one reads: the values of the units that are not left; none: they are zero. */
  readonly constants: readonly (Float64Array | undefined)[];
}

/**
 * The units of each layer that are left. A unit may go if its bounds make it constant: a relu that they keep below
 * zero, a step or sign that they keep on one side. An affine layer must compute what it reads, another one must read
 * what it gives, whose bias gets the constants, and nothing else may read either.
 */
export function liveUnits(network: Network, maps: readonly PlacedMap[], bounds: NetworkBounds): LiveUnits {
  const readers = readersOf(network);
  const units = maps.map((map) => everyUnit(map.outputs));
  const constants: (Float64Array | undefined)[] = maps.map(() => undefined);
  const isOnly = (k: number): boolean => readers[k].length === 1 && maps[readers[k][0]].sources.length === 1;
  maps.forEach((map, k) => {
    if (map.kind !== 'elementwise' || map.layer.kind !== 'activation' || map.sources.length !== 1) return;
    // A constant that the runtime rounds is none.
    const jump = errorsOf(map, bounds, k).some((error) => error > 0) ? undefined : jumpOf(map.layer);
    if (jump === undefined && !isSilentBelowZero(map.layer)) return;
    // From the affine layer before it to the layer that the affine one behind it reads.
    const path = [k];
    let writer = map.sources[0];
    while (writer >= 0 && maps[writer].kind === 'identity' && isOnly(writer)) {
      path.push(writer);
      [writer] = maps[writer].sources;
    }
    if (writer < 0 || maps[writer].kind !== 'affine' || !isOnly(writer)) return;
    path.push(writer);
    let last = k;
    while (isOnly(last) && maps[readers[last][0]].kind === 'identity') path.push((last = readers[last][0]));
    if (readers[last].length !== 1 || maps[readers[last][0]].kind !== 'affine') return;
    const { lower, upper } = boundsBefore(bounds, map.sources);
    const left = units[k].filter((i) => (jump === undefined ? upper[i] > 0 : lower[i] < 0 && upper[i] >= 0));
    if (jump !== undefined) constants[last] = lower.map((low) => (low >= 0 ? jump.high : jump.low));
    for (const at of path) units[at] = left;
  });
  return { units, constants };
}

/** Positions in what an affine layer reads, its sources one after the other. */
export function inputsLeft(
  { sources }: AffineMap & PlacedMap,
  live: readonly Int32Array[],
  { input, layers }: NetworkBounds,
): Int32Array {
  if (sources.length === 1 && sources[0] >= 0) return live[sources[0]];
  let start = 0;
  return Int32Array.from(
    sources.flatMap((source) => {
      const count = (source < 0 ? input : layers[source]).lower.length;
      const units = Array.from(source < 0 ? everyUnit(count) : live[source], (i) => i + start);
      start += count;
      return units;
    }),
  );
}

const everyUnit = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** Zero below zero, and it bends there. */
function isSilentBelowZero(layer: Parameters<typeof piecesOf>[0]): boolean {
  const { breaks, pieces } = piecesOf(layer);
  const [below, above] = pieces;
  return breaks.length === 1 && breaks[0].at === 0 && below.slope === 0 && below.offset === 0 && above.offset === 0;
}

/** y = high where x >= 0, else low < high; undefined for another function. */
export function jumpOf(
  layer: Parameters<typeof piecesOf>[0],
): { readonly low: number; readonly high: number } | undefined {
  const f = piecesOf(layer);
  if (f.breaks.length !== 1 || f.breaks[0].at !== 0 || !isStepwise(f)) return undefined;
  const [left, right] = f.pieces;
  return f.breaks[0].belongsTo === 'right' && left.offset < right.offset
    ? { low: left.offset, high: right.offset }
    : undefined;
}

/** The values of the inputs of an affine layer that are not left, its sources one after the other; none: zero. */
export function constantsRead(
  { sources }: PlacedMap,
  { constants }: LiveUnits,
  { input, layers }: NetworkBounds,
): Float64Array | undefined {
  if (sources.every((source) => source < 0 || constants[source] === undefined)) return undefined;
  return joined(
    sources.map((source) => constants[source] ?? new Float64Array((source < 0 ? input : layers[source]).lower.length)),
  );
}
