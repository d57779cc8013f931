import type { LinearExpression } from '@mipnet/mip';
import { isAffine } from '@mipnet/network';
import type { ObjectiveContext, Replay } from './objective.js';

/** sum |w| over the free layers: p + n for w = p - n. */
export function encodeSparsity({ freeLayers }: Pick<ObjectiveContext, 'freeLayers'>): LinearExpression {
  const columns: number[] = [];
  const values: number[] = [];
  let constant = 0;
  for (const layer of freeLayers) constant += layer.absoluteSum(columns, values, 1);
  return { constant, columns, values };
}

export function sparsityValue({ network, freeLayers }: Pick<Replay, 'network' | 'freeLayers'>): number {
  let sum = 0;
  for (const index of freeLayers) {
    const layer = network.layers[index];
    if (isAffine(layer)) for (const weight of layer.weights) sum += Math.abs(weight);
  }
  return sum;
}
