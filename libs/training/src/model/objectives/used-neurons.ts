// Tested by ../../solve/optimality-in-order.unit.test.ts.
import { columnTimes, evaluate, type LinearExpression } from '@mipnet/mip';
import type { Dense } from '@mipnet/network';
import type { ObjectiveContext, Replay } from './objective.js';

/**
 * How many hidden neurons are in use. z_j binary, and a neuron that is switched off (z_j = 0) has only zero weights in
 * and out, so that it can be removed:
 *
 *     -L_w z_j ... U_w z_j bound every weight w of neuron j, in and out
 *
 * Source: the neuron sparsity of Thorbjarnarson and Yorke-Smith.
 */
export function encodeUsedNeurons({ builder, completion, hidden }: ObjectiveContext): LinearExpression {
  const columns: number[] = [];
  for (const { incoming, outgoing } of hidden) {
    for (let j = 0; j < incoming.outputs; j++) {
      const z = builder.binary();
      const weights = [
        ...Array.from({ length: incoming.inputs }, (_, i) => incoming.weightUnit(j, i)),
        ...Array.from({ length: outgoing.outputs }, (_, o) => outgoing.weightUnit(o, j)),
      ];
      for (const { expression, lower, upper } of weights) {
        if (expression.columns.length === 0 && expression.constant === 0) continue;
        builder.rowOf(-Infinity, [expression, columnTimes(z)], [1, -upper], 0);
        builder.rowOf(0, [expression, columnTimes(z)], [1, -lower], Infinity);
      }
      completion.add((x) => (x[z] = weights.some(({ expression }) => evaluate(expression, x) !== 0) ? 1 : 0));
      columns.push(z);
    }
  }
  return { constant: 0, columns, values: columns.map(() => 1) };
}

export function usedNeurons({ network, hidden }: Pick<Replay, 'network' | 'hidden'>): number {
  let used = 0;
  for (const [from, to] of hidden ?? []) {
    const incoming = network.layers[from] as Dense;
    const outgoing = network.layers[to] as Dense;
    for (let j = 0; j < incoming.outputs; j++) {
      const isIn = incoming.weights
        .subarray(j * incoming.inputs, (j + 1) * incoming.inputs)
        .some((weight) => weight !== 0);
      const isOut = Array.from({ length: outgoing.outputs }, (_, o) => outgoing.weights[o * outgoing.inputs + j]).some(
        (weight) => weight !== 0,
      );
      if (isIn || isOut) used++;
    }
  }
  return used;
}
