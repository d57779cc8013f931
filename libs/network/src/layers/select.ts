// Tested by select.unit.test.ts.
import type { Select } from '../network.js';
import { integer } from '../onnx/attributes.js';
import { sizeOf, type Shape } from '../shape.js';
import { requireLength } from './checks.js';
import type { LayerKind, PreparedLayer } from './layer-kind.js';
import type { LayerMap } from './layer-map.js';

/** Numbers of the input, picked by position: nothing is computed, so nothing is rounded. */
export const select: LayerKind<Select> = {
  shape: ({ positions, shape, constants }, input, refuse) => {
    if (shape.length === 0 || !shape.every((extent) => Number.isInteger(extent) && extent > 0))
      refuse('shape', `its shape is [${shape.join(', ')}]; every extent must be a positive integer`);
    if (sizeOf(shape) !== positions.length)
      refuse('shape', `it picks ${positions.length} numbers, which do not fill [${shape.join(', ')}]`);
    const size = sizeOf(input);
    const wrong = positions.findIndex((position) => position < -1 || position >= size);
    if (wrong >= 0)
      refuse('shape', `positions[${wrong}] is ${positions[wrong]}; its input has the positions 0 to ${size - 1}`);
    if (constants !== undefined) requireLength('constants', constants, positions.length, refuse);
    return shape;
  },
  prepare: (layer, input) => (isIdentity(layer, sizeOf(input)) ? undefined : prepareSelect(layer, sizeOf(input))),
  map: selectMap,
  parameters: ({ constants }) => (constants === undefined ? [] : [['constants', constants]]),
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => layer,
  rounds: () => false,
  write: (graph, layer, input) => {
    const { positions, shape, constants } = layer;
    if (input.length > 1) graph.advance('Flatten', [], [integer('axis', 1)]);
    const size = sizeOf(input);
    if (!isIdentity(layer, size)) {
      // Position -1 reads a zero behind the last number.
      if (positions.includes(-1)) graph.advance('Pad', [graph.integers([0, 0, 0, 1])]);
      const indices = Array.from(positions, (position) => (position < 0 ? size : position));
      graph.advance('Gather', [graph.integers(indices)], [integer('axis', 1)]);
      if (constants !== undefined) {
        const read = constants.map((constant, unit) => (positions[unit] < 0 ? constant : 0));
        graph.advance('Add', [graph.constant(read, [read.length])]);
      }
    }
    if (shape.length > 1) graph.advance('Reshape', [graph.integers([-1, ...shape])]);
  },
};

/** Whether every number stays where it is. */
const isIdentity = ({ positions }: Pick<Select, 'positions'>, size: number): boolean =>
  positions.length === size && positions.every((position, at) => position === at);

function prepareSelect({ positions, constants }: Select, inputs: number): PreparedLayer {
  const outputs = positions.length;
  return {
    outputs,
    run: (input, output, count) => {
      for (let sample = 0, to = 0, from = 0; sample < count; sample++, from += inputs) {
        for (let unit = 0; unit < outputs; unit++, to++)
          output[to] = positions[unit] < 0 ? (constants?.[unit] ?? 0) : input[from + positions[unit]];
      }
    },
  };
}

function selectMap({ positions, constants }: Select, input: Shape): LayerMap {
  const [inputs, outputs] = [sizeOf(input), positions.length];
  if (isIdentity({ positions }, inputs)) return { kind: 'identity', inputs, outputs };
  const starts = new Int32Array(outputs + 1);
  positions.forEach((position, unit) => (starts[unit + 1] = starts[unit] + (position < 0 ? 0 : 1)));
  const indices = positions.filter((position) => position >= 0);
  return {
    kind: 'affine',
    inputs,
    outputs,
    starts,
    indices,
    values: new Float64Array(indices.length).fill(1),
    bias: Float64Array.from(positions, (position, unit) => (position < 0 ? (constants?.[unit] ?? 0) : 0)),
    isSelect: true,
  };
}
