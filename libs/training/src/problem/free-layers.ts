import {
  inDomain,
  isAffine,
  weightBound,
  type Dense,
  type Layer,
  type Network,
  type WeightDomain,
} from '@mipnet/network';
import { TrainingError } from './training-error.js';
import type { FreeLayer, TrainingProblem } from './training-problem.js';

/** The part of a problem that states which numbers of a network are unknown. */
export type WithFreeLayers = Pick<TrainingProblem, 'network' | 'free'>;

/** Index of the first layer that is free; layers before it are constants of the MIP. -1 if none is. */
export const firstFree = ({ free }: Pick<TrainingProblem, 'free'>): number => free.findIndex((layer) => layer !== null);

export const withLayer = (network: Network, index: number, layer: Layer): Network => ({
  ...network,
  layers: network.layers.map((present, i) => (i === index ? layer : present)),
});

/** @throws TrainingError 'problem' if the layer is of another kind */
export function denseAt(network: Network, index: number): Dense {
  const layer = network.layers[index];
  if (layer.kind !== 'dense')
    throw new TrainingError('problem', `layer ${index} is ${layer.kind}; only dense layers can be free`);
  return layer;
}

/** Whether a problem has a start network: without one, all free weights are 0. */
export const hasWeights = ({ network, free }: WithFreeLayers): boolean =>
  network.layers.some(
    (layer, index) => free[index] !== null && isAffine(layer) && layer.weights.some((weight) => weight !== 0),
  );

/** Whether the weights of every free layer lie in their domain and box. */
export const insideBoxes = ({ free }: Pick<TrainingProblem, 'free'>, network: Network): boolean =>
  free.every((layer, index) => {
    if (layer === null) return true;
    const { weights } = denseAt(network, index);
    return (
      inDomain(weights, layer.domain) &&
      weights.every(
        (weight, k) => weight >= (layer.lower?.[k] ?? -Infinity) && weight <= (layer.upper?.[k] ?? Infinity),
      )
    );
  });

/** The network with every free weight moved into its box, and away from 0 if 0 is no weight of the domain. */
export function insideDomains({ network, free }: WithFreeLayers): Network {
  return free.reduce<Network>((current, layer, index) => {
    if (layer === null) return current;
    const dense = denseAt(current, index);
    const allowed = (weight: number, k: number): number => {
      const nearest = insideBox(layer, weight, k);
      return layer.domain === 'binary' && nearest === 0 ? 1 : nearest;
    };
    return withLayer(current, index, { ...dense, weights: dense.weights.map(allowed) });
  }, network);
}

/** Weight k of a free layer, moved into its box. */
export const insideBox = ({ lower, upper }: FreeLayer, weight: number, k: number): number =>
  Math.min(upper?.[k] ?? Infinity, Math.max(lower?.[k] ?? -Infinity, weight));

/** The nearest number of the domain; of two equally near ones the larger, and of {-1, 1} for 0 the positive. */
export function intoDomain(weight: number, domain: WeightDomain): number {
  if (domain === 'real') return weight;
  if (domain === 'binary') return weight >= 0 ? 1 : -1;
  const bound = weightBound(domain);
  return Math.min(bound, Math.max(-bound, Math.round(weight))) || 0;
}
