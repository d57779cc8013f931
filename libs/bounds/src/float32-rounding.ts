// Tested by float32-rounding.unit.test.ts.
import { growthOf, hasExactPieces, joined, piecesOf, type PiecewiseLinear, type Quantize } from '@mipnet/network';
import { BoundsError } from './bounds-error.js';
import type { AffineMap, ElementwiseMap, MaximumMap, PlacedMap } from '@mipnet/network';
import { boundsBefore, magnitudes, type Box, type LayerRounding, type NetworkBounds } from './box.js';
import { behindOf, type Behind } from './float32-chain.js';
import { gamma, largestFloat32, lowestBit, smallestNormal } from './float32.js';

/**
 * Roundings of a term beside the additions: of its product, and of one factor that all terms have (Gemm, average pool).
 */
const perTerm = 2;
/**
 * Of a batch normalization: 1 / sqrt(var + epsilon) by hardware or by Newton's method, times the gain, into the mean.
 */
const perNormalization = 9;

/**
 * The rounding of layer `k`. A sum of n terms t_i and b has n additions and a product with a common factor, each
 * rounded by at most e = 2^-24 of its result; each term is rounded c times before. With S = sum |t_i| + |b|, M the
 * largest partial sum of any choice of terms, and gamma_n = n e / (1 - n e):
 *
 *     d  <=  gamma_c S + gamma_{n+1} (M + gamma_{n+c+1} S) + underflow
 *
 * for any order of summation, with fused multiply-add or without. The runtime may merge scale layers (Mul, Add,
 * BatchNormalization) into the convolution or product before them: the weights are then rounded again (part of c), and
 * the scale's constant takes part in the m additions of the sum before it (gamma_m |b| more). Both forms are covered:
 * in the merged form, the layer before is not computed; it is an unknown at the same distance d from its sum. It may
 * also add the other summand of an add layer to such a sum, at any position: every term of the sum then takes part in
 * as many additions, and the whole error of the merged sum, gamma_{m+2} of all terms, is counted at the add layer. On a
 * grid (all terms multiples of one power of two, all partial sums below 2^24 of it) there is no rounding: d = 0.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms, sections 3.1 and 4.2.
 * @param bounds on the layers before `k`
 * @throws BoundsError 'overflow' that names the layer, if a sum may leave the range of float32
 */
export function layerRounding(maps: readonly PlacedMap[], k: number, bounds: NetworkBounds): LayerRounding {
  const map = maps[k];
  const box = boundsBefore(bounds, map.sources);
  const before = roundingBefore(maps, k, bounds);
  switch (map.kind) {
    case 'identity':
      return { ...before, errors: new Float64Array(map.outputs) };
    case 'affine':
      if (map.isSelect) return selectRounding(map, before);
      return affineRounding(map, k, box, before, {
        ...behindOf(maps, k),
        isFirst: readsInput(maps, k),
      });
    case 'maximum':
      return { errors: new Float64Array(map.outputs), steps: maximumSteps(map, before.steps) };
    case 'elementwise':
      return elementwiseRounding(map, k, magnitudes(box), before);
  }
}

/**
 * The errors of layer `k` from bounds that include it.
 * @throws BoundsError 'unsound' for bounds that were made without them
 */
export function errorsOf(map: AffineMap | ElementwiseMap, bounds: NetworkBounds, k: number): Float64Array {
  const found = bounds.rounding?.[k]?.errors;
  if (found !== undefined) return found;
  if (map.arithmetic === undefined) return new Float64Array(map.outputs);
  throw new BoundsError(
    'unsound',
    `bounds on layer ${k} without its float32 rounding: compute them with nextLayerBounds`,
  );
}

type Before = Pick<LayerRounding, 'steps' | 'sum'>;

/** Facts about the numbers that a layer reads. */
function roundingBefore(maps: readonly PlacedMap[], k: number, bounds: NetworkBounds): Before {
  const parts = maps[k].sources.map((source): Before => {
    if (source < 0) return { steps: inputSteps(bounds) };
    return bounds.rounding?.[source] ?? { steps: new Float64Array(maps[source].outputs) };
  });
  if (parts.length === 1) return parts[0];
  const steps = joined(parts.map((part) => part.steps));
  const operations = parts.reduce((most, { sum }) => Math.max(most, sum?.operations ?? 0), 0);
  if (operations === 0) return { steps };
  const sizes = parts.map(({ sum }, i) => sum?.sizes ?? magnitudes(boundsBefore(bounds, [maps[k].sources[i]])));
  return { steps, sum: { operations, sizes: joined(sizes) } };
}

/** Whether some path to the network's input has no affine layer that the runtime computes. */
const readsInput = (maps: readonly PlacedMap[], k: number): boolean =>
  maps[k].sources.some((source) => source < 0 || (!computesSums(maps[source]) && readsInput(maps, source)));

/** Whether the runtime computes it: a layer without arithmetic may pass an input on as it is. */
const computesSums = (map: PlacedMap): boolean =>
  map.kind === 'affine' && !map.isSelect && map.arithmetic !== undefined;

function affineRounding(
  map: AffineMap,
  k: number,
  box: Box,
  before: Before,
  place: Behind & { readonly isFirst: boolean },
): LayerRounding {
  const errors = new Float64Array(map.outputs);
  const steps = new Float64Array(map.outputs);
  if (map.arithmetic === undefined) return { errors, steps };
  const merged = map.isScale || map.isSum ? before.sum : undefined;
  // If the interval of an input holds no float32 number, the input is rounded first.
  const roundings =
    (map.biasSize === undefined ? perTerm : perNormalization) + place.roundings + (place.isFirst ? 1 : 0);
  const sizes = new Float64Array(map.outputs);
  let longest = 0;
  for (let j = 0; j < map.outputs; j++) {
    const sum = sumOf(map, j, box, before.steps, merged?.sizes);
    sizes[j] = sum.mergedSize;
    requireRange(Math.max(sum.mergedSize, sum.largest * place.most[j]), map, k, j);
    longest = Math.max(longest, sum.terms);
    if (sum.size === 0) steps[j] = Infinity;
    else if (place.count === 0 && sum.step >= smallestNormal && sum.mergedSize < 2 ** 24 * sum.step)
      steps[j] = sum.step;
    else {
      const additions = sum.terms + 1;
      const underflow =
        ((additions + roundings) * smallestNormal * (1 + 2 * sum.largest)) / Math.min(1, place.least[j]);
      errors[j] =
        gamma(roundings) * sum.size +
        gamma(additions) * (sum.partial + gamma(additions + roundings) * sum.size) +
        (merged === undefined ? 0 : gamma(merged.operations) * sum.bias) +
        (merged === undefined || !map.isSum ? 0 : gamma(merged.operations + additions) * sum.mergedSize) +
        underflow;
    }
  }
  return { errors, steps, sum: { operations: longest + 1 + roundings + (merged?.operations ?? 0), sizes } };
}

/** Numbers that are picked stay what they are, also as sums that the runtime may merge with what reads them. */
function selectRounding({ outputs, starts, indices, bias }: AffineMap, { steps, sum }: Before): LayerRounding {
  const picked = (numbers: Float64Array, constant: (number: number) => number): Float64Array =>
    bias.map((number, j) => (starts[j] < starts[j + 1] ? numbers[indices[starts[j]]] : constant(number)));
  return {
    errors: new Float64Array(outputs),
    steps: picked(steps, lowestBit),
    ...(sum && { sum: { operations: sum.operations, sizes: picked(sum.sizes, Math.abs) } }),
  };
}

interface Sum {
  /** That are not always zero. */
  readonly terms: number;
  /**
   * Of the absolute values of all terms; of the bias alone; and with the inputs as large as the terms that they are
   * sums of.
   */
  readonly size: number;
  readonly bias: number;
  readonly mergedSize: number;
  /** Largest absolute value of a sum of some of the terms. */
  readonly partial: number;
  /** Largest weight or input. */
  readonly largest: number;
  /** All terms are multiples of it; 0: unknown. */
  readonly step: number;
}

function sumOf(
  { starts, indices, values, bias: biases, biasSize }: AffineMap,
  j: number,
  { lower, upper }: Box,
  steps: Float64Array,
  mergedSizes: Float64Array | undefined,
): Sum {
  const bias = biasSize?.[j] ?? Math.abs(biases[j]);
  let [terms, size, mergedSize, largest] = [0, bias, bias, 0];
  let [above, below] = [Math.max(0, biases[j]), Math.max(0, -biases[j])];
  let step = biasSize === undefined ? lowestBit(biases[j]) : 0;
  for (let e = starts[j]; e < starts[j + 1]; e++) {
    const i = indices[e];
    const value = values[e];
    const weight = Math.abs(value);
    const reach = Math.max(Math.abs(lower[i]), Math.abs(upper[i]));
    mergedSize += weight * (mergedSizes?.[i] ?? reach);
    if (reach === 0) continue;
    terms++;
    size += weight * reach;
    above += Math.max(0, value * lower[i], value * upper[i]);
    below += Math.max(0, -value * lower[i], -value * upper[i]);
    largest = Math.max(largest, weight, reach);
    step = steps[i] === 0 ? 0 : Math.min(step, steps[i] * lowestBit(value));
  }
  return { terms, size, bias, mergedSize, partial: Math.max(above, below), largest, step };
}

function elementwiseRounding(map: ElementwiseMap, k: number, size: Float64Array, before: Before): LayerRounding {
  const { layer, outputs, arithmetic } = map;
  if (layer.kind === 'activation') {
    const pieces = piecesOf(layer);
    return { errors: productErrors(pieces, map, size), steps: before.steps.map((step) => stepAfter(pieces, step)) };
  }
  if (arithmetic === undefined) return { errors: new Float64Array(outputs), steps: new Float64Array(outputs) };
  // x * levels + 1/2 before the floor; both may be merged into a sum before it.
  const operations = perTerm + 2 + (before.sum?.operations ?? 0);
  size.forEach((most, i) => requireRange(most * layer.levels, layer, k, i));
  return {
    errors: size.map((most) => gamma(operations) * (most + 1 / layer.levels)),
    steps: size.map((most) =>
      lowestBit(layer.levels) === layer.levels && most * layer.levels < 2 ** 23 ? 1 / layer.levels : 0,
    ),
  };
}

/**
 * A piece of an activation is one product and one addition, each rounded; an activation with exact pieces has no error.
 */
function productErrors(pieces: PiecewiseLinear, { arithmetic }: ElementwiseMap, size: Float64Array): Float64Array {
  if (arithmetic === undefined || hasExactPieces(pieces)) return new Float64Array(size.length);
  const { slope, offset } = growthOf(pieces);
  return size.map((most) => gamma(2) * (slope * most + offset) + 2 * smallestNormal * (1 + slope));
}

/** Of an activation whose input is a multiple of `step` (0: unknown); products with other slopes need not be exact. */
function stepAfter({ pieces }: PiecewiseLinear, step: number): number {
  let least = Infinity;
  for (const { slope, offset } of pieces) {
    const own = slope === 0 ? Infinity : slope === 1 || slope === -1 ? step : 0;
    least = Math.min(least, own, lowestBit(offset));
  }
  return least;
}

/** The error of the runtime's division by the levels, or of its product with their rounded inverse. */
export const quotientError = ({ levels, arithmetic }: Quantize): number =>
  arithmetic === undefined || lowestBit(levels) === levels ? 0 : gamma(3);

function maximumSteps(map: MaximumMap, steps: Float64Array): Float64Array {
  return Float64Array.from({ length: map.outputs }, (_, j) =>
    map.indices.subarray(map.starts[j], map.starts[j + 1]).reduce((least, i) => Math.min(least, steps[i]), Infinity),
  );
}

/** A fixed input is a multiple of its last bit, if it is a float32 at all; of others the box may say a step. */
function inputSteps({ input: { lower, upper, steps } }: NetworkBounds): Float64Array {
  return lower.map((low, i) => (low === upper[i] && Math.fround(low) === low ? lowestBit(low) : (steps?.[i] ?? 0)));
}

function requireRange(size: number, { kind }: { readonly kind: string }, layer: number, unit: number): void {
  if (size < largestFloat32 / 2) return;
  throw new BoundsError(
    'overflow',
    `layer ${layer} (${kind}), unit ${unit}: its terms add up to ${size.toExponential(1)}, ` +
      'beyond the range of float32 (3.4e+38), ' +
      'where the ONNX runtime gives infinity or no number: ask about a smaller region, or scale the weights',
  );
}
