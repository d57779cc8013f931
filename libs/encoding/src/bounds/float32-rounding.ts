import type { Quantize } from '@mipnet/network';
import { EncodingError } from '../encoding-error.js';
import type { AffineMap, ElementwiseMap, LayerMap, MaximumMap } from '../layer-map.js';
import { boundsBefore, magnitudes, type NetworkBounds } from './box.js';
import { behindOf, type Behind } from './float32-chain.js';
import { gamma, largestFloat32, lowestBit, smallestNormal } from './float32.js';

/** What float32 arithmetic in any order makes of one layer, on the box of its inputs. */
export interface LayerRounding {
  /**
   * d_j: a computed output differs by at most this much from the layer's own function of its computed inputs. Of a quantize
   * layer: from its input to what is rounded. Zero for a layer that is not marked `float32`.
   */
  readonly errors: Float64Array;
  /** Every computed output is a multiple of this power of two; 0 where none is known, infinite for an output that is 0. */
  readonly steps: Float64Array;
  /** Of an affine layer: what a scale layer behind it may be merged into. */
  readonly sum?: { readonly operations: number; readonly sizes: Float64Array };
}

/** Roundings of a term beside the additions: of its input, its product, a factor of the whole sum, casts, this program's reading. */
const perTerm = 6;
/** A scale layer's factor is computed (batch normalization: from four numbers) and may be multiplied into the weights before it. */
const perScale = 8;

/**
 * The rounding of layer `k`. With n terms that are not always zero and e = 2^-24, gamma_n = n e / (1 - n e):
 *
 *     d_j  <=  gamma_{n+c} sum |w_ji| max|x_i| + gamma_{n+c+m} |b_j| + underflow
 *
 * for any order of summation, with fused multiply-add or without; c counts the other roundings of a term. The runtime may
 * merge scale layers (Mul, Add, BatchNormalization) into the convolution or product before them: the weights are then rounded
 * anew (part of c), and the scale's constant takes part in the sum before it (m terms). Both forms are covered: d_j is also the
 * distance in the merged form, with the layer before as an unknown that nobody computes.
 * On a grid (all terms multiples of one power of two, all partial sums below 2^24 of it) nothing is rounded: d_j = 0.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms, sections 3.1 and 4.2.
 * @param bounds on the layers before `k`
 * @throws EncodingError 'overflow' naming the layer, where a sum may leave the range of float32
 */
export function layerRounding(maps: readonly LayerMap[], k: number, bounds: NetworkBounds): LayerRounding {
  const map = maps[k];
  const before = k === 0 ? { steps: inputSteps(bounds) } : (bounds.rounding?.[k - 1] ?? { steps: new Float64Array(map.inputs) });
  switch (map.kind) {
    case 'identity':
      return { ...before, errors: new Float64Array(map.outputs) };
    case 'affine':
      return affineRounding(map, k, magnitudes(boundsBefore(bounds, k)), before, behindOf(maps, k));
    case 'maximum':
      return { errors: new Float64Array(map.outputs), steps: maximumSteps(map, before.steps) };
    case 'elementwise':
      return elementwiseRounding(map, k, magnitudes(boundsBefore(bounds, k)), before);
  }
}

/**
 * The errors of layer `k` from bounds that include it.
 * @throws EncodingError 'unsound' for bounds that were made without them
 */
export function errorsOf(map: AffineMap | ElementwiseMap, bounds: NetworkBounds, k: number): Float64Array {
  const found = bounds.rounding?.[k]?.errors;
  if (found !== undefined) return found;
  if (map.arithmetic === undefined) return new Float64Array(map.outputs);
  throw new EncodingError('unsound', `bounds on layer ${k} without its float32 rounding: compute them with nextLayerBounds`);
}

type Before = Pick<LayerRounding, 'steps' | 'sum'>;

function affineRounding(map: AffineMap, k: number, size: Float64Array, before: Before, behind: Behind): LayerRounding {
  const errors = new Float64Array(map.outputs);
  const steps = new Float64Array(map.outputs);
  if (map.arithmetic === undefined) return { errors, steps };
  const merged = map.isScale ? before.sum : undefined;
  const others = perTerm + (map.isScale ? perScale : 0) + perScale * behind.count;
  const sizes = new Float64Array(map.outputs);
  let longest = 0;
  for (let j = 0; j < map.outputs; j++) {
    const bias = map.biasSize?.[j] ?? Math.abs(map.bias[j]);
    let terms = 0;
    let products = 0;
    let largest = 0;
    let step = map.biasSize === undefined ? lowestBit(map.bias[j]) : 0;
    sizes[j] = bias;
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
      const i = map.indices[e];
      const weight = Math.abs(map.values[e]);
      sizes[j] += weight * (merged?.sizes[i] ?? size[i]);
      if (size[i] === 0) continue;
      terms++;
      products += weight * size[i];
      largest = Math.max(largest, weight, size[i]);
      step = before.steps[i] === 0 ? 0 : Math.min(step, before.steps[i] * lowestBit(map.values[e]));
    }
    requireRange(sizes[j], map, k, j);
    requireRange(largest * behind.most[j], map, k, j);
    longest = Math.max(longest, terms);
    if (terms === 0 && bias === 0) steps[j] = Infinity;
    else if (behind.count === 0 && step >= smallestNormal && sizes[j] < 2 ** 24 * step) steps[j] = step;
    else {
      const operations = terms + others;
      const underflow = operations * smallestNormal * (1 + 2 * largest) / Math.min(1, behind.least[j]);
      errors[j] = gamma(operations) * products + gamma(operations + (merged?.operations ?? 0)) * bias + underflow;
    }
  }
  return { errors, steps, sum: { operations: longest + others + (merged?.operations ?? 0), sizes } };
}

function elementwiseRounding({ layer, outputs, arithmetic }: ElementwiseMap, k: number, size: Float64Array, before: Before): LayerRounding {
  if (layer.kind !== 'quantize') {
    const errors = new Float64Array(outputs);
    return { errors, steps: layer.activation === 'relu' ? before.steps : new Float64Array(outputs).fill(1) };
  }
  if (arithmetic === undefined) return { errors: new Float64Array(outputs), steps: new Float64Array(outputs) };
  // x * levels + 1/2 before the floor; both may be merged into a sum before it.
  const operations = perTerm + perScale + (before.sum?.operations ?? 0);
  size.forEach((most, i) => requireRange(most * layer.levels, layer, k, i));
  return {
    errors: size.map((most) => gamma(operations) * (most + 1 / layer.levels)),
    steps: size.map((most) => (lowestBit(layer.levels) === layer.levels && most * layer.levels < 2 ** 23 ? 1 / layer.levels : 0)),
  };
}

/** What the runtime's division by the levels, or its product with their rounded inverse, loses of the result. */
export const quotientError = ({ levels, arithmetic }: Quantize): number => (arithmetic === undefined || lowestBit(levels) === levels ? 0 : gamma(3));

function maximumSteps(map: MaximumMap, steps: Float64Array): Float64Array {
  return Float64Array.from({ length: map.outputs }, (_, j) => map.indices.subarray(map.starts[j], map.starts[j + 1]).reduce((least, i) => Math.min(least, steps[i]), Infinity));
}

/** A fixed input is a multiple of its last bit, if it is a float32 at all. */
function inputSteps({ input: { lower, upper } }: NetworkBounds): Float64Array {
  return lower.map((low, i) => (low === upper[i] && Math.fround(low) === low ? lowestBit(low) : 0));
}

function requireRange(size: number, { kind }: { readonly kind: string }, layer: number, unit: number): void {
  if (size < largestFloat32 / 2) return;
  throw new EncodingError('overflow', `layer ${layer} (${kind}), unit ${unit}: its terms add up to ${size.toExponential(1)}, beyond the range of float32 (3.4e+38), `
    + 'where the ONNX runtime gives infinity or no number: ask about a smaller region, or scale the weights');
}
