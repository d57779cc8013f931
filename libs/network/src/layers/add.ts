// Tested by ../graph.unit.test.ts and ../onnx/onnxruntime.int.test.ts.
import type { Add } from '../network.js';
import { sizeOf } from '../shape.js';
import type { LayerKind } from './layer-kind.js';

/** The sum of two or more layers of one shape: a residual connection. */
export const add: LayerKind<Add> = {
  readsSeveral: true,
  shape: (_, input, refuse, others) => {
    const stranger = others.find(
      (other) => other.length !== input.length || other.some((extent, axis) => extent !== input[axis]),
    );
    if (stranger)
      refuse('shape', `it adds shapes [${input.join(', ')}] and [${stranger.join(', ')}]; give it equal ones`);
    return input;
  },
  prepare: (_, __, output, sources) => {
    const outputs = sizeOf(output);
    return {
      outputs,
      run: (input, result, count) => {
        for (let sample = 0, at = 0; sample < count; sample++) {
          const start = sample * sources * outputs;
          for (let unit = 0; unit < outputs; unit++, at++) {
            let sum = input[start + unit];
            for (let source = 1; source < sources; source++) sum += input[start + source * outputs + unit];
            result[at] = sum;
          }
        }
      },
    };
  },
  map: (_, __, output, sources) => {
    const outputs = sizeOf(output);
    return {
      kind: 'affine',
      inputs: sources * outputs,
      outputs,
      starts: Int32Array.from({ length: outputs + 1 }, (_, j) => j * sources),
      indices: Int32Array.from(
        { length: sources * outputs },
        (_, e) => (e % sources) * outputs + Math.floor(e / sources),
      ),
      values: new Float64Array(sources * outputs).fill(1),
      bias: new Float64Array(outputs),
      isSum: true,
    };
  },
  parameters: () => [],
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => layer,
  rounds: () => true,
  write: (graph) => {
    const [first, ...others] = graph.values;
    graph.moveTo(others.reduce((sum, value) => graph.node('Add', [sum, value]), first));
  },
};
