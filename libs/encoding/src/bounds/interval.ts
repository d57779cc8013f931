import { forward, type Activation, type Network, type Quantize } from '@mipnet/network';
import { layerMaps, type AffineMap, type ElementwiseMap, type LayerMap, type MaximumMap } from '../layer-map.js';
import { requireBox, type Box, type NetworkBounds } from './box.js';
import { roundOff } from './round-off.js';

/** Interval arithmetic, layer by layer, rounded outwards. Throws as `requireBox`. */
export function intervalBounds(network: Network, input: Box): NetworkBounds {
  requireBox(network, input);
  const layers: Box[] = [];
  for (const map of layerMaps(network)) layers.push(intervalThrough(map, layers.at(-1) ?? input));
  return { input, layers };
}

/** The box of a layer's output from the box of its input. */
export function intervalThrough(map: LayerMap, box: Box): Box {
  switch (map.kind) {
    case 'affine':
      return affineInterval(map, box);
    case 'maximum':
      return maximumInterval(map, box);
    case 'elementwise':
      return elementwiseInterval(map, box);
    case 'identity':
      return box;
  }
}

function affineInterval(map: AffineMap, { lower: low, upper: high }: Box): Box {
  const { starts, indices, values, bias } = map;
  const lower = new Float64Array(map.outputs);
  const upper = new Float64Array(map.outputs);
  for (let j = 0; j < map.outputs; j++) {
    let least = 0;
    let most = 0;
    let leastSize = Math.abs(bias[j]);
    let mostSize = leastSize;
    for (let e = starts[j]; e < starts[j + 1]; e++) {
      const value = values[e];
      const atLow = value * low[indices[e]];
      const atHigh = value * high[indices[e]];
      const down = value > 0 ? atLow : atHigh;
      const up = value > 0 ? atHigh : atLow;
      least += down;
      most += up;
      leastSize += Math.abs(down);
      mostSize += Math.abs(up);
    }
    // The terms at the end itself are enough: elsewhere an error grows less than the sum moves away from the end.
    lower[j] = least + bias[j] - roundOff(starts[j + 1] - starts[j], leastSize);
    upper[j] = most + bias[j] + roundOff(starts[j + 1] - starts[j], mostSize);
  }
  return { lower, upper };
}

function maximumInterval(map: MaximumMap, box: Box): Box {
  const lower = new Float64Array(map.outputs).fill(-Infinity);
  const upper = new Float64Array(map.outputs).fill(-Infinity);
  for (let j = 0; j < map.outputs; j++) {
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
      lower[j] = Math.max(lower[j], box.lower[map.indices[e]]);
      upper[j] = Math.max(upper[j], box.upper[map.indices[e]]);
    }
  }
  return { lower, upper };
}

/** All elementwise layers grow with their input, so the ends of the interval map to the ends; none rounds but `quantize`. */
function elementwiseInterval({ layer }: ElementwiseMap, box: Box): Box {
  return { lower: elementwise(layer, box.lower, -1), upper: elementwise(layer, box.upper, 1) };
}

function elementwise(layer: Activation | Quantize, ends: Float64Array, side: -1 | 1): Float64Array {
  // x * levels + 1/2 is rounded before the floor: at a jump the forward pass may land on either side of it.
  const at = layer.kind === 'quantize' ? ends.map((end) => end + side * roundOff(2, Math.abs(end) + 1 / layer.levels)) : ends;
  const values = forward({ inputShape: [at.length], layers: [layer] }, at, 1);
  return layer.kind === 'quantize' ? values.map((value) => value + side * roundOff(1, Math.abs(value))) : values;
}
