import { forward, type Network } from '@mipnet/network';
import { layerMaps, type AffineMap, type LayerMap } from '@mipnet/network';
import { integerBetween } from './random-trained.js';

const float32 = Math.fround;

/**
 * The network as some float32 runtime computes it: every sum in an order drawn at random, with fused multiply-add or
 * without, and a scale layer merged into the affine layer before it or not. One array for each layer; empty for one
 * that was merged away.
 */
export function float32Trace(network: Network, input: Float64Array, random: () => number): Float64Array[] {
  const maps = layerMaps(network);
  const trace: Float64Array[] = [];
  let current: Float64Array = input.map(float32);
  for (let k = 0; k < maps.length; k++) {
    const map = maps[k];
    const next = maps[k + 1];
    if (map.kind === 'affine' && next?.kind === 'affine' && next.isScale && random() < 0.5) {
      trace.push(new Float64Array(0));
      current = sums(merged(map, next), current, random);
      k++;
    } else current = through(map, current, random);
    trace.push(current);
  }
  return trace;
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
  if (layer.kind === 'activation')
    return forward({ inputShape: [input.length], layers: [layer] }, input, 1).map(float32);
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

function sums(
  { outputs, starts, indices, values, bias }: AffineMap,
  input: Float64Array,
  random: () => number,
): Float64Array {
  return Float64Array.from({ length: outputs }, (_, j) => {
    const products = Array.from(
      values.subarray(starts[j], starts[j + 1]),
      (value, at) => value * input[indices[starts[j] + at]],
    );
    return random() < 0.5
      ? inTurn([...products, bias[j]], random)
      : asTree([...products, bias[j]].map(float32), random);
  });
}

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
