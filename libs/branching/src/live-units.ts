// Tested by live-units.unit.test.ts and branch-on-signs.unit.test.ts.
import type { Box, NetworkBounds } from '@mipnet/bounds';
import type { PlacedMap } from '@mipnet/network';
import { switchForm } from './switch-form.js';

/** What is left of each layer: positions in its output, ascending. All other numbers are constants, or unread. */
type LiveUnits = readonly Int32Array[];

/** A number that its bounds make constant: a value, and how far it can be from that. */
interface Constant {
  readonly value: number;
  readonly error: number;
}

/** Bounds that differ by at most this share of their size make a number constant: rounding outward widens them so. */
const narrow = 2 ** -40;

const isConstant = ({ lower, upper }: Box, i: number): boolean =>
  upper[i] - lower[i] <= narrow * Math.max(Math.abs(lower[i]), Math.abs(upper[i]));

/** Number i of a box that is narrow there. */
export function constantAt({ lower, upper }: Box, i: number): Constant {
  const value = lower[i] + (upper[i] - lower[i]) / 2;
  return { value, error: Math.max(upper[i] - value, value - lower[i]) * (1 + 2 ** -50) };
}

const [unread, read, kept] = [0, 1, 2];

/**
 * The numbers of a network that a search has to compute: those that its output depends on and that bounds do not make
 * constant. Affine layers need only what they read with a weight that is not zero. Units of two pieces need their own
 * input. Any other function is kept whole, with all that it reads. From the last layer to the first.
 * @param wanted outputs of the last layer, which are kept; only of an affine layer may some be left out. @default all
 */
export function liveUnits(maps: readonly PlacedMap[], bounds: NetworkBounds, wanted?: Int32Array): LiveUnits {
  const uses = maps.map((map) => new Uint8Array(map.outputs));
  if (wanted === undefined) uses[maps.length - 1].fill(kept);
  else for (const output of wanted) uses[maps.length - 1][output] = kept;
  for (let k = maps.length - 1; k >= 0; k--) {
    if (isWhole(maps[k])) uses[k].fill(kept);
    const usesOfInputs = inputsUsed(maps[k], uses[k]);
    let start = 0;
    for (const source of maps[k].sources) {
      const width = source < 0 ? bounds.input.lower.length : uses[source].length;
      for (let i = 0; source >= 0 && i < width; i++) {
        const use = usesOfInputs[start + i];
        if (use === kept || (use === read && !isConstant(bounds.layers[source], i)))
          uses[source][i] = Math.max(uses[source][i], use);
      }
      start += width;
    }
  }
  const left: Int32Array[] = [];
  for (const [k, map] of maps.entries())
    // What passes numbers on, one to one, has as many as it reads: another layer may read what this one does not.
    left.push(
      map.kind === 'identity' || (map.kind === 'elementwise' && !isWhole(map))
        ? inputsLeft(map.sources, left, bounds)
        : positions(uses[k].length).filter((i) => uses[k][i] !== unread),
    );
  return left;
}

/** How a layer uses each number that it reads, its sources one after the other. */
function inputsUsed(map: PlacedMap, uses: Uint8Array): Uint8Array {
  if (map.kind === 'identity') return uses;
  if (map.kind === 'maximum' || isWhole(map)) return new Uint8Array(map.inputs).fill(kept);
  if (map.kind === 'elementwise') return uses;
  const used = new Uint8Array(map.inputs);
  for (let j = 0; j < map.outputs; j++)
    if (uses[j] !== unread)
      for (let e = map.starts[j]; e < map.starts[j + 1]; e++) if (map.values[e] !== 0) used[map.indices[e]] = read;
  return used;
}

/** Whether a search keeps a layer whole: a maximum, and a function of one number that is no switch. */
const isWhole = (map: PlacedMap): boolean =>
  map.kind === 'maximum' || (map.kind === 'elementwise' && switchForm(map) === undefined);

/** The numbers that are left of what a layer reads: positions in its sources, one after the other. */
export function inputsLeft(sources: readonly number[], left: LiveUnits, { input, layers }: NetworkBounds): Int32Array {
  if (sources.length === 1 && sources[0] >= 0) return left[sources[0]];
  let start = 0;
  return Int32Array.from(
    sources.flatMap((source) => {
      const count = (source < 0 ? input : layers[source]).lower.length;
      const units = Array.from(source < 0 ? positions(count) : left[source], (i) => i + start);
      start += count;
      return units;
    }),
  );
}

const positions = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);
