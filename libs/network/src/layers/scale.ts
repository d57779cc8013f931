// Tested by ../onnx/round-trip.unit.test.ts.
import type { Scale } from '../network.js';
import { NetworkError } from '../network-error.js';
import { scaleSpan, sizeOf, type Shape } from '../shape.js';
import type { LayerKind } from './layer-kind.js';
import { RowCollector } from './sparse-rows.js';

const parameters = ({ factor, offset }: Scale) =>
  [
    ['factor', factor],
    ['offset', offset],
  ] as const;

/** y = x * factor + offset, elementwise */
export const scale: LayerKind<Scale> = {
  shape: (layer, input, refuse) => {
    for (const [name, numbers] of parameters(layer)) {
      if (scaleSpan(numbers.length, input) === undefined) {
        refuse(
          'shape',
          `${name} has ${numbers.length} numbers; an input of shape [${input.join(', ')}] needs ` +
            `1, ${input[0]} or ${sizeOf(input)}`,
        );
      }
    }
    return input;
  },
  prepare: (layer, shape) => {
    const outputs = sizeOf(shape);
    const factor = spread(layer.factor, shape);
    const offset = spread(layer.offset, shape);
    return {
      outputs,
      run: (input, output, count) => {
        for (let sample = 0, at = 0; sample < count; sample++) {
          for (let unit = 0; unit < outputs; unit++, at++) output[at] = input[at] * factor[unit] + offset[unit];
        }
      },
    };
  },
  map: (layer, input) => {
    const size = sizeOf(input);
    const factor = spread(layer.factor, input);
    const rows = new RowCollector();
    for (let i = 0; i < size; i++) {
      if (factor[i] !== 0) rows.entry(i, factor[i]);
      rows.end();
    }
    const { offsetSize } = layer;
    return {
      kind: 'affine',
      inputs: size,
      outputs: size,
      ...rows.rows(),
      bias: spread(layer.offset, input),
      isScale: true,
      ...(offsetSize && { biasSize: spread(offsetSize, input) }),
    };
  },
  parameters,
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => layer,
  rounds: () => true,
  write: (graph, { factor, offset }, input) => {
    const dims = (numbers: Float64Array): Shape => {
      if (numbers.length === 1) return [];
      if (numbers.length === sizeOf(input)) return input;
      return [input[0], ...input.slice(1).map(() => 1)];
    };
    // The Add always stands: a reader would take the addition of a layer behind for that of a Mul without one.
    const isShift = factor.every((number) => number === 1);
    if (!isShift) graph.advance('Mul', [graph.constant(factor, dims(factor))]);
    graph.advance('Add', [graph.constant(offset, dims(offset))]);
  },
};

/** A scale's array (see `Scale`) written out for every element of a tensor of `shape`. */
export function spread(numbers: Float64Array, shape: Shape): Float64Array {
  const span = scaleSpan(numbers.length, shape);
  if (span === undefined)
    throw new NetworkError('shape', `${numbers.length} numbers do not spread over [${shape.join(', ')}]`);
  return Float64Array.from({ length: sizeOf(shape) }, (_, unit) => numbers[Math.floor(unit / span)]);
}
