// Tested by front-bound.unit.test.ts.
import { boundsBefore, type Box, type NetworkBounds } from '@mipnet/bounds';
import type { ElementwiseMap, MaximumMap, PlacedMap } from '@mipnet/network';
import { isConstant } from '../live-units.js';
import { possibleMaxima, possiblePieces } from './possible.js';

/**
 * The first layers of a network, if each of their numbers depends on few undecided units, as behind small convolutions:
 * units that some number of the front depends on together are a group.
 */
export interface Front {
  /** Whether each layer is in the front. */
  readonly has: readonly boolean[];
  /** Layers of the front that others read, ascending. */
  readonly boundary: readonly number[];
  /** Of each number of each layer in the front: its group, or `affine` if it is an affine function of the inputs. */
  readonly groups: readonly Int32Array[];
}

/** No undecided unit is before the number. */
export const affine = -1;

/** Undecided units of a group. */
const mostUnits = 32;

/**
 * Undefined if no group has two units: bounds unit by unit are as good then.
 * @param maps of a network
 * @param bounds proven, on all its layers
 */
export function findFront(maps: readonly PlacedMap[], bounds: NetworkBounds): Front | undefined {
  const groups: Int32Array[] = [];
  const joined = new Groups();
  const has: boolean[] = [];
  for (const map of maps) {
    const isBehind = map.sources.some((source) => source >= 0 && !has[source]);
    const read = isBehind ? undefined : groupsRead(map, bounds, groups);
    const found = read && groupsOf(map, boundsBefore(bounds, map.sources), read, joined);
    has.push(found !== undefined);
    groups.push(found ?? new Int32Array(0));
  }
  const boundary = maps.flatMap((_, k) =>
    has[k] && maps.some(({ sources }, reader) => !has[reader] && sources.includes(k)) ? [k] : [],
  );
  // Where the runtime may merge a sum with what reads it, the two stay together.
  const isApart = (k: number): boolean =>
    k >= 0 && (maps[k].kind === 'identity' ? maps[k].sources.every(isApart) : maps[k].kind !== 'affine');
  const isCut = boundary.length > 0 && boundary.every(isApart) && !readsInput(maps, has);
  // Behind a front are the outputs, not only layers that nothing reads.
  if (!isCut || has[maps.length - 1] || !joined.hasPair()) return undefined;
  return { has, boundary, groups: groups.map((of) => of.map((group) => (group < 0 ? affine : joined.rootOf(group)))) };
}

const readsInput = (maps: readonly PlacedMap[], has: readonly boolean[]): boolean =>
  maps.some(({ sources }, k) => !has[k] && sources.some((source) => source < 0));

function groupsRead({ sources }: PlacedMap, bounds: NetworkBounds, groups: readonly Int32Array[]): Int32Array {
  const parts = sources.map((source) =>
    source < 0 ? new Int32Array(bounds.input.lower.length).fill(affine) : groups[source],
  );
  return parts.length === 1 ? parts[0] : Int32Array.from(parts.flatMap((part) => [...part]));
}

/** Undefined if the layer does not belong to a front. */
function groupsOf(map: PlacedMap, box: Box, read: Int32Array, joined: Groups): Int32Array | undefined {
  switch (map.kind) {
    case 'identity':
      return read;
    case 'elementwise':
      return groupsOfUnits(map, box, read, joined);
    case 'maximum':
      return groupsOfMaxima(map, box, read, joined);
    case 'affine': {
      const rows = Array.from({ length: map.outputs }, (_, j) => {
        const row = new Set<number>();
        for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
          const i = map.indices[e];
          if (map.values[e] !== 0 && read[i] !== affine && !isConstant(box, i)) row.add(joined.rootOf(read[i]));
        }
        return [...row];
      });
      return joined.joinAll(rows) ? Int32Array.from(rows, ([first]) => first ?? affine) : undefined;
    }
  }
}

function groupsOfUnits(
  map: ElementwiseMap,
  { lower, upper }: Box,
  read: Int32Array,
  joined: Groups,
): Int32Array | undefined {
  const found = new Int32Array(map.outputs).fill(affine);
  for (let i = 0; i < map.outputs; i++) {
    const pieces = possiblePieces(map, lower[i], upper[i]);
    if (pieces === undefined) return undefined;
    if (pieces.length === 1) {
      if (pieces[0].slope !== 0) found[i] = read[i];
    } else if (!joined.grow((found[i] = joined.add(read[i])), pieces.length - 1)) return undefined;
  }
  return found;
}

function groupsOfMaxima(map: MaximumMap, box: Box, read: Int32Array, joined: Groups): Int32Array | undefined {
  const rivals = Array.from({ length: map.outputs }, (_, j) => possibleMaxima(map, j, box));
  const open = rivals.map((some) => [...new Set(some.map((i) => read[i]).filter((group) => group !== affine))]);
  if (!joined.joinAll(open)) return undefined;
  const found = new Int32Array(map.outputs);
  for (const [j, some] of rivals.entries()) {
    found[j] = open[j][0] ?? affine;
    if (some.length > 1 && !joined.grow((found[j] = joined.add(found[j])), some.length - 1)) return undefined;
  }
  return found;
}

/** Sets of undecided units that grow together. */
class Groups {
  readonly #parents: number[] = [];
  readonly #sizes: number[] = [];

  rootOf(group: number): number {
    while (this.#parents[group] !== group) group = this.#parents[group];
    return group;
  }

  /** The group itself; a new one for `affine`. */
  add(group: number): number {
    if (group !== affine) return group;
    this.#sizes.push(0);
    return this.#parents.push(this.#parents.length) - 1;
  }

  /** False if the group becomes too large. */
  grow(group: number, units: number): boolean {
    return (this.#sizes[this.rootOf(group)] += units) <= mostUnits;
  }

  /** Joins the groups of each row; none at all, and false, if a group would be too large. */
  joinAll(rows: readonly (readonly number[])[]): boolean {
    const [parents, sizes] = [this.#parents.slice(), this.#sizes.slice()];
    for (const [first, ...others] of rows)
      for (const other of others) {
        const [to, from] = [this.rootOf(first), this.rootOf(other)];
        if (to === from) continue;
        this.#sizes[to] += this.#sizes[from];
        this.#parents[from] = to;
        if (this.#sizes[to] <= mostUnits) continue;
        this.#parents.splice(0, Infinity, ...parents);
        this.#sizes.splice(0, Infinity, ...sizes);
        return false;
      }
    return true;
  }

  hasPair(): boolean {
    return this.#parents.some((parent, group) => parent === group && this.#sizes[group] > 1);
  }
}
