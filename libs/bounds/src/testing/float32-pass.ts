import {
  layerForward,
  joined,
  layerMaps,
  readersOf,
  type AffineMap,
  type LayerMap,
  type Network,
} from '@mipnet/network';
import { integerBetween } from './random-trained.js';

const float32 = Math.fround;

/**
 * The network as some float32 runtime computes it: every sum in an order drawn at random, with fused multiply-add or
 * without; a scale layer merged into the affine layer that it alone reads or not, and an add layer into the sums of one
 * of its summands or not. One array for each layer; empty for one that was merged away.
 */
export function float32Trace(network: Network, input: Float64Array, random: () => number): Float64Array[] {
  const maps = layerMaps(network);
  const readers = readersOf(network);
  const start = input.map(float32);
  const trace: Float64Array[] = [];
  /** What layers compute that a reader has taken over, and on which numbers. */
  const taken = new Map<number, { readonly map: AffineMap; readonly read: Float64Array }>();
  maps.forEach((map, k) => {
    const [first] = map.sources;
    const before = taken.get(first);
    if (map.kind === 'affine' && map.isSum) {
      trace.push(
        added(
          map,
          maps[k].sources.map((source) => (source < 0 ? start : trace[source])),
          map.sources.map((s) => taken.get(s)),
        ),
      );
      return;
    }
    const read = before?.read ?? joined(map.sources.map((source) => (source < 0 ? start : trace[source])));
    const own = before && map.kind === 'affine' ? merged(before.map, map) : map;
    const next = readers[k].length === 1 ? maps[readers[k][0]] : undefined;
    const mayMerge =
      own.kind === 'affine' &&
      next?.kind === 'affine' &&
      ((next.isScale ?? false) ||
        ((next.isSum ?? false) && next.sources.filter((source) => source === k).length === 1));
    if (mayMerge && random() < 0.5) {
      taken.set(k, { map: own as AffineMap, read });
      trace.push(new Float64Array(0));
    } else trace.push(through(own, read, random));
  });
  return trace;

  /** Of the summands that nobody computed, all but one are computed now; the terms of that one take part in the sum. */
  function added(
    map: AffineMap,
    parts: readonly Float64Array[],
    open: readonly ({ readonly map: AffineMap; readonly read: Float64Array } | undefined)[],
  ): Float64Array {
    const kept = open.findIndex((part) => part !== undefined);
    const values = parts.map((part, i) => (open[i] && i !== kept ? through(open[i].map, open[i].read, random) : part));
    return Float64Array.from({ length: map.outputs }, (_, j) => {
      const others = values.filter((__, i) => i !== kept).map((value) => value[j]);
      return kept < 0
        ? sumOf(others, random)
        : sumOf([...productsOf(open[kept]!.map, j, open[kept]!.read), ...others], random);
    });
  }
}

function through(map: LayerMap, input: Float64Array, random: () => number): Float64Array {
  if (map.kind === 'affine') return sums(map, input, random);
  if (map.kind === 'maximum') {
    return Float64Array.from({ length: map.outputs }, (_, j) =>
      map.indices.subarray(map.starts[j], map.starts[j + 1]).reduce((most, i) => Math.max(most, input[i]), -Infinity),
    );
  }
  if (map.kind === 'identity') return input;
  const { layer } = map;
  if (layer.kind === 'activation') return layerForward(layer, input, [[input.length]]).map(float32);
  return input.map((x) => float32(Math.floor(float32(float32(x * layer.levels) + 0.5)) / layer.levels));
}

/** One layer for two, its weights and biases rounded anew. */
function merged(map: AffineMap, scale: AffineMap): AffineMap {
  const factor = (j: number) => (scale.starts[j] < scale.starts[j + 1] ? scale.values[scale.starts[j]] : 0);
  const values = map.values.slice();
  for (let j = 0; j < map.outputs; j++)
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) values[e] = float32(factor(j) * values[e]);
  return { ...map, values, bias: map.bias.map((bias, j) => float32(float32(factor(j) * bias) + scale.bias[j])) };
}

function sums(map: AffineMap, input: Float64Array, random: () => number): Float64Array {
  return Float64Array.from({ length: map.outputs }, (_, j) => sumOf(productsOf(map, j, input), random));
}

/** The terms of an output, the bias the last. */
const productsOf = ({ starts, indices, values, bias }: AffineMap, j: number, input: Float64Array): number[] => [
  ...Array.from(values.subarray(starts[j], starts[j + 1]), (value, at) => value * input[indices[starts[j] + at]]),
  bias[j],
];

const sumOf = (terms: number[], random: () => number): number =>
  random() < 0.5 ? inTurn([...terms], random) : asTree(terms.map(float32), random);

/**
 * Products are exact in float64, so that this rounds as a fused multiply-add does, but for a second rounding now and
 * then.
 */
function inTurn(terms: number[], random: () => number): number {
  let sum = 0;
  while (terms.length > 0) sum = float32(sum + terms.splice(integerBetween(random, 0, terms.length - 1), 1)[0]);
  return sum;
}

function asTree(terms: number[], random: () => number): number {
  const take = () => terms.splice(integerBetween(random, 0, terms.length - 1), 1)[0];
  while (terms.length > 1) terms.push(float32(take() + take()));
  return terms[0] ?? 0;
}
