import type { Quantize } from '../network.js';
import { sizeOf } from '../shape.js';
import { elementwise } from './elementwise.js';
import type { LayerKind } from './layer-kind.js';

/**
 * y = floor(x * levels + 1/2) / levels, with the two steps before the floor in float32, as the ONNX runtime computes
 * them: a number near the middle between two levels goes to the same one everywhere.
 */
export const quantize: LayerKind<Quantize> = {
  shape: ({ levels }, input, refuse) => {
    if (!(Number.isInteger(levels) && levels > 0)) refuse('value', `levels is ${levels}; give a positive integer`);
    return input;
  },
  prepare: ({ levels }, shape) =>
    elementwise(shape, (x) => Math.floor(Math.fround(Math.fround(Math.fround(x) * levels) + 0.5)) / levels),
  map: (layer, input) => ({ kind: 'elementwise', inputs: sizeOf(input), outputs: sizeOf(input), layer }),
  parameters: () => [],
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => ({ ...layer, levels: Math.fround(layer.levels) }),
  rounds: () => true,
  write: (graph, { levels }) => {
    graph.advance('Mul', [graph.constant([levels], [])]);
    graph.advance('Add', [graph.constant([0.5], [])]);
    graph.advance('Floor');
    graph.advance('Div', [graph.constant([levels], [])]);
  },
};
