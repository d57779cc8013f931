import type { Fill } from '../network.js';
import { sizeOf } from '../shape.js';
import type { LayerKind } from './layer-kind.js';

/**
 * y_i = values_i if x_i is missing (NaN), otherwise x_i. Bounds and encodings see the identity: a region holds numbers
 * only.
 */
export const fill: LayerKind<Fill> = {
  shape: ({ values }, input, refuse) => {
    if (values.length !== sizeOf(input))
      refuse('shape', `values has ${values.length} numbers; an input of shape [${input.join(', ')}] needs as many`);
    return input;
  },
  prepare: ({ values }, shape) => {
    const outputs = sizeOf(shape);
    return {
      outputs,
      run: (input, output, count) => {
        for (let at = 0; at < count * outputs; at++)
          output[at] = Number.isNaN(input[at]) ? values[at % outputs] : input[at];
      },
    };
  },
  map: (_, input) => ({ kind: 'identity', inputs: sizeOf(input), outputs: sizeOf(input) }),
  parameters: ({ values }) => [['values', values]],
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => layer,
  rounds: () => false,
  write: (graph, { values }, input) => {
    const isMissing = graph.node('IsNaN', [graph.value]);
    graph.moveTo(graph.node('Where', [isMissing, graph.constant(values, input), graph.value]));
  },
};
