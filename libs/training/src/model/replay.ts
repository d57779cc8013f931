import { forward, type Network } from '@mipnet/network';
import { scoreNetwork, type FreeNetwork } from './free-network.js';
import { marginOf, type Replay } from './objectives/objective.js';

/** Runs a network on the rows by the exact forward pass; objectives are computed from this, not from a solver. */
export function replay(free: FreeNetwork, network: Network, fitted?: readonly boolean[]): Replay {
  const { data, problem } = free;
  return {
    scores: forward(scoreNetwork(free, network), data.features, data.labels.length),
    outputs: free.outputs,
    labels: data.labels,
    sampleWeights: data.sampleWeights,
    network,
    freeLayers: problem.free.flatMap((layer, index) => (layer === null ? [] : [index])),
    hidden: free.hidden.map(({ incoming, outgoing }) => [incoming, outgoing]),
    margin: free.margin,
    fitted,
  };
}

/** Which samples reach the margin, up to round-off. */
export const fittedBy = ({ scores, outputs, labels, margin }: Replay): boolean[] =>
  Array.from(labels, (label, k) => marginOf(scores, outputs, k, label) >= margin - 1e-9);

/** Share of the samples, by weight, whose class has not the largest score. */
export function trainingError({ scores, outputs, labels, sampleWeights }: Replay): number {
  let wrong = 0;
  let sum = 0;
  labels.forEach((label, k) => {
    sum += sampleWeights[k];
    if (!(marginOf(scores, outputs, k, label) > 0)) wrong += sampleWeights[k];
  });
  return wrong / sum;
}
