import { layerForward, outputShape, type Layer, type Shape } from '@mipnet/network';
import { activationUnits } from './activations/activation-units.js';
import type { EncodingContext } from './context.js';
import { EncodingError } from './encoding-error.js';
import type { FreeDense } from './free-dense.js';
import { layerMap, type AffineMap, type LayerMap, type MaximumMap } from '@mipnet/network';
import { maxPool } from './max-pool.js';
import { quantized } from './quantize.js';
import { known, scaledUnit, signalOf, weightedSum, type Signal, type Unit } from './signal.js';
import { weightProduct } from './weight-product.js';

/** A layer whose numbers are known, or a dense layer whose weights are columns. */
export type EncodedLayer = { readonly layer: Layer } | { readonly free: FreeDense };

/**
 * The encoder: the output of a list of layers for one input, as expressions over columns. Four cases of an affine map:
 * known x known is computed, known x unknown (either way round) is linear, unknown x unknown is a product.
 */
export function encodeLayers(context: EncodingContext, layers: readonly EncodedLayer[], input: Signal): Signal {
  return layers.reduce(
    (signal, entry) =>
      'free' in entry ? freeDense(context, entry.free, signal) : encodeLayer(context, entry.layer, signal),
    input,
  );
}

function freeDense(context: EncodingContext, free: FreeDense, input: Signal): Signal {
  const { builder } = context;
  const size = input.kind === 'known' ? input.values.length : input.units.length;
  if (size !== free.inputs) throw new EncodingError('shape', `a dense layer of ${free.inputs} inputs got ${size}`);
  if (input.kind === 'known')
    return signalOf(Array.from({ length: free.outputs }, (_, output) => free.onKnown(builder, output, input.values)));
  return signalOf(
    Array.from({ length: free.outputs }, (_, output) => {
      const terms = input.units.map((unit, i) => weightProduct(context, unit, free, output, i));
      return weightedSum([...terms, free.biasUnit(builder, output)], new Float64Array(terms.length + 1).fill(1), 0);
    }),
  );
}

/** One layer with known numbers, which reads one layer. */
function encodeLayer(context: EncodingContext, layer: Layer, input: Signal): Signal {
  return encodeOn(context, layer, input, [input.shape]);
}

/**
 * One layer with known numbers.
 * @param input what it reads, one after the other
 * @param shapes of the parts
 */
export function encodeOn(context: EncodingContext, layer: Layer, input: Signal, shapes: readonly Shape[]): Signal {
  const [first, ...others] = shapes;
  const shape = outputShape(layer, first, 0, others);
  if (input.kind === 'known') return known(layerForward(layer, input.values, shapes), shape);
  return signalOf(unitsThrough(context, layerMap(layer, first, others), input.units), shape);
}

function unitsThrough(context: EncodingContext, map: LayerMap, units: readonly Unit[]): readonly Unit[] {
  switch (map.kind) {
    case 'affine':
      return Array.from(map.bias, (_, output) => affine(map, output, units));
    case 'maximum':
      return Array.from({ length: map.outputs }, (_, output) => maxPool(context, window(map, output, units)));
    case 'elementwise': {
      const { layer } = map;
      return layer.kind === 'quantize'
        ? units.map((unit) => quantized(context, layer, unit))
        : activationUnits(context, layer, units);
    }
    case 'identity':
      return units;
  }
}

function affine(map: AffineMap, output: number, units: readonly Unit[]): Unit {
  const values = map.values.subarray(map.starts[output], map.starts[output + 1]);
  const inputs = window(map, output, units);
  return inputs.length === 1
    ? scaledUnit(inputs[0], values[0], map.bias[output])
    : weightedSum(inputs, values, map.bias[output]);
}

const window = (map: AffineMap | MaximumMap, output: number, units: readonly Unit[]): Unit[] =>
  Array.from(map.indices.subarray(map.starts[output], map.starts[output + 1]), (i) => units[i]);
