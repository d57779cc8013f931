// Tested by exclude-behind-front.unit.test.ts.
import { nextIntervals, type NetworkBounds } from '@mipnet/bounds';
import { layerMaps, type Network } from '@mipnet/network';
import { switchesOf, type Split } from './as-switches.js';

/**
 * `asSwitches` for a bound from below on a network's only output, with the bounds that are known on its layers, and
 * intervals on the new ones.
 */
export function splitForOne(network: Network, bounds: NetworkBounds): Split {
  const { network: split, copyOf } = switchesOf(network, bounds, signsOf(network));
  const maps = layerMaps(split);
  let found: NetworkBounds = { input: bounds.input, layers: [], rounding: [] };
  for (const k of copyOf) {
    const next = nextIntervals(maps, found);
    found = k < 0 ? next : { ...next, layers: [...found.layers, bounds.layers[k]] };
  }
  return { network: split, bounds: found };
}

/** Coefficients of each layer's outputs in the network's only output; undefined behind what is not affine. */
function signsOf(network: Network): readonly (Float64Array | undefined)[] {
  const maps = layerMaps(network);
  const found: (Float64Array | undefined)[] = maps.map((map) => new Float64Array(map.outputs));
  found[maps.length - 1]?.fill(1);
  for (let k = maps.length - 1; k >= 0; k--) {
    const map = maps[k];
    const from = found[k];
    let read: Float64Array | undefined;
    if (map.kind === 'identity') read = from;
    else if (map.kind === 'affine' && from !== undefined) {
      read = new Float64Array(map.inputs);
      for (let j = 0; j < map.outputs; j++)
        for (let e = map.starts[j]; e < map.starts[j + 1]; e++) read[map.indices[e]] += from[j] * map.values[e];
    }
    let start = 0;
    for (const source of map.sources) {
      if (source < 0) continue;
      const to = found[source];
      if (read === undefined || to === undefined) found[source] = undefined;
      else for (let i = 0; i < to.length; i++) to[i] += read[start + i];
      start += maps[source].outputs;
    }
  }
  return found;
}
