// Tested by branch-on-signs.unit.test.ts.
import { boundsBefore, type NetworkBounds } from '@mipnet/bounds';
import { piecesOf, readersOf, type AffineMap, type Network, type PlacedMap } from '@mipnet/network';

/**
 * The units of each layer that are left. A unit that is zero wherever its input is below zero, as a relu is, may go if
 * its bounds keep it there, an affine layer computes what it reads, another one reads what it gives, and nothing else
 * reads either: it adds nothing.
 */
export function liveUnits(network: Network, maps: readonly PlacedMap[], bounds: NetworkBounds): readonly Int32Array[] {
  const readers = readersOf(network);
  const live = maps.map((map) => everyUnit(map.outputs));
  const isOnly = (k: number): boolean => readers[k].length === 1 && maps[readers[k][0]].sources.length === 1;
  maps.forEach((map, k) => {
    if (map.kind !== 'elementwise' || map.layer.kind !== 'activation' || map.sources.length !== 1) return;
    if (!isSilentBelowZero(map.layer)) return;
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
    const { upper } = boundsBefore(bounds, map.sources);
    const units = live[k].filter((i) => upper[i] > 0);
    for (const at of path) live[at] = units;
  });
  return live;
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
