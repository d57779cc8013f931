import { forward, type Network } from '@mipnet/network';
import { marginOf, type Replay } from './objectives/objective.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { scoreNetwork, type Body } from './free-network.js';
import { hiddenLayers } from './hidden-layers.js';
import type { LeafData } from '../rows/leaf-data.js';

/** Runs a network on the leaf's data by the exact forward pass; objectives are computed from this, not from a solver. */
export function replay(
  problem: TrainingProblem,
  data: LeafData,
  body: Body,
  network: Network,
  margin: number,
  fitted?: readonly boolean[],
): Replay {
  return {
    scores: forward(scoreNetwork(network, body, data), data.features, data.labels.length),
    outputs: body.outputs,
    labels: data.labels,
    sampleWeights: data.sampleWeights,
    network,
    freeLayers: problem.free.flatMap((layer, index) => (layer === null ? [] : [index])),
    hidden: hiddenLayers(problem, body).map(({ incoming, outgoing }) => [incoming, outgoing]),
    margin,
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
