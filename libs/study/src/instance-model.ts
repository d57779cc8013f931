import { encodeTrained, type HullNeuron, type ReluFormulation } from '@mipnet/encoding';
import { type NetworkBounds } from '@mipnet/bounds';
import { columnTimes, type Model } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import { encodeRegion, marginOf, withFunctions } from '@mipnet/verification';
import type { Question } from './question.js';

/** A question as a MIP in one formulation. */
export interface InstanceModel {
  readonly model: Model;
  readonly hull: readonly HullNeuron[];
  /** The input of a point of the model. */
  toInput(x: ArrayLike<number>): Float64Array;
}

/** The network whose outputs are the question's margins m_k(x): a row holds if its margin is at most 0. */
export const withMargins = (network: Network, { query }: Question): Network =>
  withFunctions(network, query.unsafe[0].map(marginOf));

/**
 *     closest:  min r   with   |x - c| <= r,   m_k(x) <= 0 for all k
 *     any:      min t   with   t >= m_k(x)     for all k
 *
 * without any tolerance, so that all formulations state the same problem.
 * @param margins `withMargins` of the network
 * @param bounds on `margins`, over the box of the question's region
 */
export function instanceModel(
  margins: Network,
  { query }: Question,
  formulation: ReluFormulation,
  bounds: NetworkBounds,
): InstanceModel {
  const { builder, inputColumns, outputs, hull, toInput } = encodeTrained(margins, query.region.box, {
    bounds,
    formulation,
  });
  encodeRegion(builder, query, inputColumns);
  if (query.goal === 'closest') for (const { expression } of outputs) builder.row(-Infinity, expression, 0);
  else {
    const largest = builder.column(
      Math.max(...outputs.map(({ lower }) => lower)),
      Math.max(...outputs.map(({ upper }) => upper)),
      { cost: 1 },
    );
    for (const { expression } of outputs) builder.rowOf(-Infinity, [expression, columnTimes(largest)], [1, -1], 0);
  }
  return { model: builder.build(), hull, toInput };
}
