// Tested by float32-rounding.unit.test.ts.
import type { LayerMap, PlacedMap } from '@mipnet/network';

/** The scale layers directly after an affine layer, which the runtime may multiply into its weights. */
export interface Behind {
  readonly count: number;
  /** How often that rounds a weight. */
  readonly roundings: number;
  /**
   * Largest and least absolute value of the products of their factors, for each output; factors of 0 left out, and 1
   * included.
   */
  readonly most: Float64Array;
  readonly least: Float64Array;
}

/** @param k the layer that they are behind */
export function behindOf(maps: readonly PlacedMap[], k: number): Behind {
  const { outputs } = maps[k];
  /** Of each number that has been reached, the output that it is; -1 for a constant among them. */
  let origin = Int32Array.from({ length: outputs }, (_, j) => j);
  const most = new Float64Array(outputs).fill(1);
  const least = new Float64Array(outputs).fill(1);
  let product = new Float64Array(outputs).fill(1);
  let count = 0;
  let roundings = 0;
  for (let at = onlyReader(maps, k); at !== undefined; at = onlyReader(maps, at)) {
    const map = maps[at];
    if (map.kind === 'identity' && map.sources.length === 1) continue;
    if (map.kind === 'affine' && map.isSelect) {
      const from = (j: number): number => (map.starts[j] < map.starts[j + 1] ? map.indices[map.starts[j]] : -1);
      const [own, factors] = [origin, product];
      origin = Int32Array.from({ length: map.outputs }, (_, j) => own[from(j)] ?? -1);
      product = Float64Array.from({ length: map.outputs }, (_, j) => factors[from(j)] ?? 1);
      continue;
    }
    const isQuantize = map.kind === 'elementwise' && map.layer.kind === 'quantize';
    if (!isQuantize && !(map.kind === 'affine' && map.isScale)) break;
    count++;
    roundings += map.kind === 'affine' && map.biasSize !== undefined ? 6 : 1;
    for (let j = 0; j < product.length; j++) {
      const factor =
        map.kind !== 'affine'
          ? levelsOf(map)
          : map.starts[j] < map.starts[j + 1]
            ? Math.abs(map.values[map.starts[j]])
            : 1;
      product[j] *= factor;
      if (origin[j] < 0) continue;
      most[origin[j]] = Math.max(most[origin[j]], product[j]);
      least[origin[j]] = Math.min(least[origin[j]], product[j]);
    }
    if (isQuantize) break;
  }
  return { count, roundings, most, least };
}

const levelsOf = (map: LayerMap): number =>
  map.kind === 'elementwise' && map.layer.kind === 'quantize' ? map.layer.levels : 1;

/** The output of a layer that two layers read is needed itself: nothing is merged into it. */
function onlyReader(maps: readonly PlacedMap[], k: number): number | undefined {
  const readers: number[] = [];
  for (let at = k + 1; at < maps.length && readers.length < 2; at++) if (maps[at].sources.includes(k)) readers.push(at);
  return readers.length === 1 ? readers[0] : undefined;
}
