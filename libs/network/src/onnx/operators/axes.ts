// Tested by ../damaged-model.unit.test.ts.
import type { Shape } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { requireFewAxes } from '../reading-budget.js';
import { asConstant, type Value } from '../value.js';

/** Integers that are an attribute in old opsets and a constant input in newer ones. */
export function integersOf(
  node: NodeReader,
  inputs: readonly (Value | undefined)[],
  name: string,
  position: number,
): readonly number[] | undefined {
  const given =
    node.ints(name) ?? (inputs[position] === undefined ? undefined : asConstant(inputs[position], name, node).data);
  if (given === undefined) return undefined;
  requireFewAxes(given.length, `${name} of ${node.label}`);
  return [...given];
}

/** The axis counted from the front. */
export function normalized(axis: number, rank: number, node: NodeReader): number {
  const positive = axis < 0 ? axis + rank : axis;
  return positive >= 0 && positive < rank ? positive : node.refuse(`axis ${axis} is outside ${rank} axes`, 'onnx');
}

/** The dimensions to which all broadcast, as numpy does it. */
export function broadcastDims(all: readonly Shape[], node: NodeReader): Shape {
  const rank = Math.max(...all.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = all.map((dims) => dims[axis - rank + dims.length] ?? 1);
    const extent = extents.find((one) => one !== 1) ?? 1;
    if (extents.some((one) => one !== 1 && one !== extent))
      node.refuse(`it combines ${all.map((dims) => `[${dims.join(', ')}]`).join(' and ')}, which do not fit`, 'onnx');
    return extent;
  });
}
