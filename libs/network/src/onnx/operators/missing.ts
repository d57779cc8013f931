import { spread } from '../../layers/scale.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, scaleArray, type Signal } from '../signal.js';
import { asConstant, asSignal, type Missing, type Operator, type Value } from '../value.js';

/** Where the signal is missing; only a Where can take it. */
export const isNaN: Operator = (node, inputs) => ({ kind: 'missing', of: asSignal(inputs[0], node) });

/** Where(IsNaN(x), constants, x) is a fill layer. */
export function filled(
  { of }: Missing,
  whenTrue: Value | undefined,
  whenFalse: Value | undefined,
  node: NodeReader,
): Signal {
  const values = scaleArray(of, asConstant(whenTrue, 'value for missing numbers', node), node);
  if (whenFalse?.kind !== 'signal' || whenFalse.layers !== of.layers)
    return node.refuse('behind IsNaN it must keep the numbers that are not missing');
  return addLayer(of, { kind: 'fill', values: spread(values, of.shape) }, node);
}
