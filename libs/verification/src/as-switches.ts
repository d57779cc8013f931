import { boundsBefore, crownBounds, type Box, type NetworkBounds } from '@mipnet/bounds';
import {
  layerMaps,
  linked,
  networkShapes,
  sourcesOf,
  type Activation,
  type Layer,
  type MaximumMap,
  type Network,
  type Shape,
} from '@mipnet/network';

/**
 * The same function on a box with relus instead of undecided maxima and clips, so that a search can optimise their
 * lines and branch on which number is the largest:
 *
 *     max(m, x)  =  m + relu(x - m)                   one number of a window after the other, the largest first
 *     clip(x, low, high)  =  low + relu(x - low) - relu(x - high)
 *                         =  low + relu(x - low)  without an upper end;  high - relu(high - x)  without a lower one
 *
 * Numbers of a window that can never be its largest are left out. The runtime computes a maximum and a clip without
 * rounding. So the new layers are exact functions of its numbers: they have no `arithmetic`. The network itself if
 * nothing is undecided.
 * @param bounds proven, on all layers of the network
 */
export const asSwitches = (network: Network, bounds: NetworkBounds): Network => switchesOf(network, bounds).network;

interface Switches {
  readonly network: Network;
  /** Of each of its layers: the layer of the old network that it is, -1 for a new one. */
  readonly copyOf: readonly number[];
}

/**
 * @param signs of each layer's outputs, if known: which side of a clip matters, see `Builder.clip`. @default unknown
 */
export function switchesOf(
  network: Network,
  bounds: NetworkBounds,
  signs: readonly (Float64Array | undefined)[] = [],
): Switches {
  const builder = new Builder();
  const shapes = networkShapes(network);
  const maps = layerMaps(network);
  const sources = sourcesOf(network);
  /** Of each layer of the network: the new layer that has its output. */
  const madeBy: number[] = [];
  network.layers.forEach((layer, k) => {
    const from = sources[k].map((source) => (source < 0 ? source : madeBy[source]));
    const box = boundsBefore(bounds, maps[k].sources);
    const map = maps[k];
    const made =
      from.length > 1
        ? undefined
        : map.kind === 'maximum'
          ? builder.maximum(map, from[0], box)
          : layer.kind === 'activation' && layer.activation === 'clip'
            ? builder.clip(layer, from[0], box, signs[k])
            : undefined;
    madeBy.push(made === undefined ? builder.add(layer, from) : builder.shaped(made, shapes[k]));
    if (made === undefined) builder.copyOf[madeBy[k]] = k;
  });
  const copyOf = builder.layers.map((_, at) => builder.copyOf[at] ?? -1);
  if (builder.layers.length === network.layers.length) return { network, copyOf };
  return { network: { ...network, layers: linked(builder.layers, builder.sources) }, copyOf };
}

export interface Split {
  readonly network: Network;
  readonly bounds: NetworkBounds;
}

/** By the bounds that they were made from: two steps of a question need the same. */
const known = new WeakMap<NetworkBounds, Split>();

/** `asSwitches`, with bounds on it. Looser ones if `stopped` says that the time is up. */
export function splitNetwork(network: Network, bounds: NetworkBounds, stopped: () => boolean): Split {
  const before = known.get(bounds);
  if (before !== undefined) return before;
  const split = asSwitches(network, bounds);
  const found = { network: split, bounds: split === network ? bounds : crownBounds(split, bounds.input, stopped) };
  if (!stopped()) known.set(bounds, found);
  return found;
}

type Clip = Extract<Activation, { activation: 'clip' }>;

const relu: Layer = { kind: 'activation', activation: 'relu' };

class Builder {
  readonly layers: Layer[] = [];
  readonly sources: (readonly number[])[] = [];
  /** Of layers that are none of the new ones. */
  readonly copyOf: number[] = [];

  /** The position of the new layer. */
  add(layer: Layer, from: readonly number[]): number {
    this.sources.push(from);
    return this.layers.push(layer) - 1;
  }

  /** What is flat, in a shape. */
  shaped(from: number, shape: Shape): number {
    const count = shape.reduce((product, extent) => product * extent, 1);
    return shape.length === 1
      ? from
      : this.add({ kind: 'select', positions: Int32Array.from({ length: count }, (_, i) => i), shape }, [from]);
  }

  /** Undefined if the bounds say which number of each window is the largest. */
  maximum(map: MaximumMap, from: number, { lower, upper }: Box): number | undefined {
    const windows = Array.from({ length: map.outputs }, (_, j) => {
      const window = [...map.indices.subarray(map.starts[j], map.starts[j + 1])];
      const best = window.reduce((most, i) => (lower[i] > lower[most] ? i : most));
      const others = window.filter((i) => i !== best && upper[i] > lower[best]);
      return [best, ...others.sort((one, other) => upper[other] - upper[one])];
    });
    const longest = windows.reduce((most, { length }) => Math.max(most, length), 0);
    if (longest === 1) return undefined;
    const best = Int32Array.from(windows, ([first]) => first);
    let most = this.#pick(from, best);
    for (let turn = 1; turn < longest; turn++) {
      const asked = Int32Array.from([...windows.keys()].filter((j) => windows[j].length > turn));
      const place = new Int32Array(windows.length).fill(-1);
      asked.forEach((j, at) => (place[j] = at));
      const rivals = asked.map((j) => windows[j][turn]);
      const minus = this.#scaled(this.#pick(most, asked), asked.length, -1, 0);
      const excess = this.add(relu, [this.add({ kind: 'add' }, [this.#pick(from, rivals), minus])]);
      most = this.add({ kind: 'add' }, [most, this.#pick(excess, place)]);
    }
    return most;
  }

  /**
   * Undefined if the bounds say on which piece each unit is. If it is known whether less (sign 1) or more (-1) of each
   * output weakens a bound, one relu after the other keeps the lines on that side as tight as the clip's own:
   *
   *     sign  1:  high - relu(high - low - relu(x - low))        sign -1:  low + relu(high - low - relu(high - x))
   */
  clip({ low, high }: Clip, from: number, { lower, upper }: Box, signs?: Float64Array): number | undefined {
    if (!lower.some((least, i) => (least < low && upper[i] > low) || (least < high && upper[i] > high)))
      return undefined;
    const flat = this.#pick(from, Int32Array.from(lower.keys()));
    const above = (end: number) => this.add(relu, [this.#scaled(flat, lower.length, 1, -end)]);
    if (high === Infinity) return this.#scaled(above(low), lower.length, 1, low);
    if (low === -Infinity) {
      const below = this.add(relu, [this.#scaled(flat, lower.length, -1, high)]);
      return this.#scaled(below, lower.length, -1, high);
    }
    if (signs !== undefined) {
      const sign = signs.map((one) => (one < 0 ? -1 : 1));
      const ends = sign.map((one) => (one > 0 ? -low : high));
      const first = this.add(relu, [this.add({ kind: 'scale', factor: sign, offset: ends }, [flat])]);
      const second = this.add(relu, [this.#scaled(first, lower.length, -1, high - low)]);
      const [factor, offset] = [sign.map((one) => -one), sign.map((one) => (one > 0 ? high : low))];
      return this.add({ kind: 'scale', factor, offset }, [second]);
    }
    const minus = this.#scaled(above(high), lower.length, -1, low);
    return this.add({ kind: 'add' }, [above(low), minus]);
  }

  /** Position -1 is a zero. */
  #pick(from: number, positions: Int32Array): number {
    return this.add({ kind: 'select', positions, shape: [positions.length] }, [from]);
  }

  #scaled(from: number, size: number, factor: number, offset: number): number {
    const [factors, offsets] = [new Float64Array(size).fill(factor), new Float64Array(size).fill(offset)];
    return this.add({ kind: 'scale', factor: factors, offset: offsets }, [from]);
  }
}
