// Tested by ../damaged-model.unit.test.ts.
import type { Shape } from '../../shape.js';
import { sizeOf } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, relabel, transpose as transposeSignal } from '../signal.js';
import { requireFewAxes } from '../reading-budget.js';
import { transposedIndex } from '../tensor.js';
import { asConstant, asSignal } from '../value.js';
import type { Operator, Value } from '../value.js';
import { integersOf, normalized } from './axes.js';

export const flatten: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const rank = signal.dims.length;
  const given = node.int('axis', 1);
  // Unlike elsewhere, the axis may be the rank itself: nothing is left for the second extent.
  const axis = given === rank ? rank : normalized(given, rank, node);
  const dims = [sizeOf(signal.dims.slice(0, axis)), sizeOf(signal.dims.slice(axis))];
  return addLayer(relabel(signal, dims, node), { kind: 'flatten' }, node);
};

export const reshape: Operator = (node, inputs) => {
  const shape = asConstant(inputs[1], 'shape', node).data;
  requireFewAxes(shape.length, `the shape of ${node.label}`);
  const target = [...shape];
  const keepsZero = node.int('allowzero', 0) !== 0;
  return withDims(inputs[0], node, (dims) => {
    const asked = target.map((extent, axis) => (extent === 0 && !keepsZero ? (dims[axis] ?? 0) : extent));
    const open = asked.indexOf(-1);
    const rest = asked.reduce((product, extent, axis) => (axis === open ? product : product * extent), 1);
    return open < 0 ? asked : asked.with(open, sizeOf(dims) / rest);
  });
};

export const squeeze: Operator = (node, inputs) => {
  const given = integersOf(node, inputs, 'axes', 1);
  return withDims(inputs[0], node, (dims, dynamic) => {
    if (given === undefined && dynamic)
      return node.refuse('without axes it removes the batch axis when there is one sample; name the axes');
    const axes =
      given?.map((axis) => normalized(axis, dims.length, node)) ??
      dims.flatMap((extent, axis) => (extent === 1 ? [axis] : []));
    if (dynamic && axes.includes(0)) return node.refuse('it removes the batch axis');
    return dims.filter(
      (extent, axis) =>
        !(axes.includes(axis) && (extent === 1 || node.refuse(`axis ${axis} has extent ${extent}, not 1`, 'onnx'))),
    );
  });
};

export const unsqueeze: Operator = (node, inputs) => {
  const given = integersOf(node, inputs, 'axes', 1) ?? node.refuse('its axes are missing', 'onnx');
  return withDims(inputs[0], node, (dims, dynamic) => {
    const rank = dims.length + given.length;
    requireFewAxes(rank, `the output of ${node.label}`);
    const axes = given.map((axis) => normalized(axis, rank, node));
    if (new Set(axes).size !== axes.length) return node.refuse(`the axes ${given.join(', ')} are not distinct`, 'onnx');
    if (dynamic && axes.includes(0)) return node.refuse('it moves the batch from the first axis');
    const rest = [...dims];
    return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() as number)));
  });
};

export const transpose: Operator = (node, inputs) => {
  const value = inputs[0]?.kind === 'constant' ? inputs[0] : asSignal(inputs[0], node);
  const rank = value.dims.length;
  requireFewAxes(node.ints('perm')?.length ?? 0, `perm of ${node.label}`);
  const permutation = node.ints('perm') ?? value.dims.map((_, axis) => rank - 1 - axis);
  if (
    permutation.length !== rank ||
    [...permutation].sort((one, other) => one - other).some((axis, index) => axis !== index)
  ) {
    node.refuse(`perm [${permutation.join(', ')}] is no permutation of ${rank} axes`, 'onnx');
  }
  if (value.kind === 'signal') return transposeSignal(value, permutation, node);
  node.budget.take(2 * value.data.length, node.label);
  const data = Float64Array.from(transposedIndex(value.dims, permutation), (index) => value.data[index]);
  return { kind: 'constant', dims: permutation.map((axis) => value.dims[axis]), data };
};

/** Other dimensions for the same numbers, of a constant or a signal. */
function withDims(input: Value | undefined, node: NodeReader, change: (dims: Shape, dynamic: boolean) => Shape): Value {
  const value = input?.kind === 'constant' ? input : asSignal(input, node);
  const dims = change(value.dims, value.kind === 'signal' && value.dynamic);
  if (!dims.every((extent) => Number.isInteger(extent) && extent >= 0) || sizeOf(dims) !== sizeOf(value.dims)) {
    node.refuse(`[${value.dims.join(', ')}] does not reshape to [${dims.join(', ')}]`, 'onnx');
  }
  return value.kind === 'constant' ? { ...value, dims } : relabel(value, dims, node);
}
