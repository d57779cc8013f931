import { layerForward, piecesOf, type Network, type Quantize } from '@mipnet/network';
import {
  layerMaps,
  type AffineMap,
  type ElementwiseMap,
  type LayerMap,
  type MaximumMap,
  type PlacedMap,
} from '@mipnet/network';
import { boundsBefore, requireBox, type Box, type NetworkBounds } from './box.js';
import { layerRounding, quotientError } from './float32-rounding.js';
import { imageOf, type Interval } from './piecewise-image.js';
import { roundOff } from './round-off.js';

/** Interval arithmetic, layer by layer, rounded outwards. Throws as `requireBox`. */
export function intervalBounds(network: Network, input: Box): NetworkBounds {
  requireBox(network, input);
  const maps = layerMaps(network);
  return maps.reduce<NetworkBounds>((bounds) => nextIntervals(maps, bounds), { input, layers: [], rounding: [] });
}

/** Bounds on the first k layers -> bounds on the first k + 1, by interval arithmetic. */
export function nextIntervals(maps: readonly PlacedMap[], bounds: NetworkBounds): NetworkBounds {
  const k = bounds.layers.length;
  const rounding = layerRounding(maps, k, bounds);
  const box = intervalThrough(maps[k], boundsBefore(bounds, maps[k].sources), rounding.errors);
  return { input: bounds.input, layers: [...bounds.layers, box], rounding: [...(bounds.rounding ?? []), rounding] };
}

/** The box of a layer's output from the box of its input, and the runtime's rounding errors in the layer. */
function intervalThrough(map: LayerMap, box: Box, errors: Float64Array): Box {
  switch (map.kind) {
    case 'affine':
      return affineInterval(map, box, errors);
    case 'maximum':
      return maximumInterval(map, box);
    case 'elementwise':
      return elementwiseInterval(map, box, errors);
    case 'identity':
      return box;
  }
}

function affineInterval(map: AffineMap, { lower: low, upper: high }: Box, errors: Float64Array): Box {
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
    // The terms at the end itself are enough: away from the end, the error grows less than the distance of the sum.
    lower[j] = least + bias[j] - errors[j] - roundOff(starts[j + 1] - starts[j] + 1, leastSize + errors[j]);
    upper[j] = most + bias[j] + errors[j] + roundOff(starts[j + 1] - starts[j] + 1, mostSize + errors[j]);
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

function elementwiseInterval({ layer, outputs }: ElementwiseMap, box: Box, errors: Float64Array): Box {
  if (layer.kind === 'quantize')
    return { lower: quantized(layer, box.lower, -1, errors), upper: quantized(layer, box.upper, 1, errors) };
  const pieces = piecesOf(layer);
  const image: Interval = { lower: 0, upper: 0 };
  const lower = new Float64Array(outputs);
  const upper = new Float64Array(outputs);
  for (let i = 0; i < outputs; i++) {
    imageOf(pieces, box.lower[i], box.upper[i], errors[i], image);
    lower[i] = image.lower;
    upper[i] = image.upper;
  }
  return { lower, upper };
}

/** Rounding to levels grows with its input, so the ends of the interval map to the ends. */
function quantized(layer: Quantize, ends: Float64Array, side: -1 | 1, errors: Float64Array): Float64Array {
  // x * levels + 1/2 is rounded before the floor: at a jump the forward pass may land on either side of it.
  const at = ends.map((end, i) => end + side * (errors[i] + roundOff(3, Math.abs(end) + 1 / layer.levels)));
  const values = layerForward(layer, at, [[at.length]]);
  return values.map((value) => value + side * (quotientError(layer) * Math.abs(value) + roundOff(2, Math.abs(value))));
}
