// Tested by ../from-onnx.unit.test.ts.
import type { ActivationNode } from '../../activations/activation-kind.js';
import { activationKinds } from '../../activations/registry.js';
import type { NodeReader } from '../node-reader.js';
import { addLayer } from '../signal.js';
import { asNumber, asSignal } from '../value.js';
import type { Operator, Value } from '../value.js';

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
