// Tested by ../from-onnx.unit.test.ts.
import type { ActivationNode } from '../../activations/activation-kind.js';
import { activationKinds } from '../../activations/registry.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer, scaleArray } from '../signal.js';
import { asNumber, asSignal, makeChoice, signalAndConstant } from '../value.js';
import type { Choice, Operator, Value } from '../value.js';
import { filled } from './missing.js';

/** The operators that activations say they are read from. */
export const activationOperators: readonly (readonly [string, Operator])[] = activationKinds.flatMap(({ read = {} }) =>
  Object.entries(read).map(([opType, activationOf]): [string, Operator] => [
    opType,
    (node, inputs) => {
      const signal = asSignal(inputs[0], node);
      const activation = activationOf(activationNode(node, inputs));
      return activation === undefined ? signal : addLayer(signal, activation, node);
    },
  ]),
);

const activationNode = (node: NodeReader, inputs: readonly (Value | undefined)[]): ActivationNode => ({
  opType: node.opType,
  float: (attribute, standard) => node.float(attribute, standard),
  number: (input, role) => (inputs[input] === undefined ? undefined : asNumber(inputs[input], role, node)),
  refuse: (message) => node.refuse(message),
});

export const compare: Operator = (node, inputs) => {
  const { signal: value, constant, signalFirst } = signalAndConstant(inputs, node);
  const of = asSignal(value, node);
  const bound = scaleArray(of, constant, node);
  if (bound.length !== 1) return node.refuse(`it compares with ${bound.length} numbers; only one is supported`);
  // x > c is not (x <= c), and c > x is not (x >= c).
  const strict = node.opType === 'Less' || node.opType === 'Greater';
  const upward = node.opType.startsWith('Greater') === signalFirst;
  return {
    kind: 'comparison',
    of,
    direction: upward === strict ? 'at most' : 'at least',
    bound: bound[0],
    negated: strict,
  };
};

export const where: Operator = (node, inputs) => {
  const [condition, whenTrue, whenFalse] = inputs;
  if (condition?.kind === 'missing') return filled(condition, whenTrue, whenFalse, node);
  if (condition?.kind !== 'comparison')
    return node.refuse('its condition is not a comparison of the signal with a number');
  const [chosen, rest] = condition.negated ? [whenFalse, whenTrue] : [whenTrue, whenFalse];
  const { of, direction, bound } = condition;
  const cut = { direction, bound, value: asNumber(chosen, 'value', node) };
  const before = restOf(rest, condition.of, node);
  return makeChoice(of, [cut, ...before.cuts], before.otherwise, node);
};

function restOf(value: Value | undefined, of: Choice['of'], node: NodeReader): Pick<Choice, 'cuts' | 'otherwise'> {
  if (value?.kind !== 'choice') return { cuts: [], otherwise: asNumber(value, 'value', node) };
  return value.of === of
    ? value
    : node.refuse('it joins two branches of the network; only a chain of layers is supported');
}
