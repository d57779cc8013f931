import { isAffine, type Network } from '@mipnet/network';
import type { Precision } from '../model/precision.js';
import { insideBox, intoDomain } from '../problem/free-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/**
 * The average of networks of one shape over the free layers, rounded into the domain and the box of each weight; frozen
 * layers are those of the problem. Biases get the values that the precision of their layer
 * requires.
 * @param shares the weight of each network; if all are 0, they count equally
 */
export function averageNetwork(
  problem: TrainingProblem,
  precisions: ReadonlyMap<number, Precision>,
  networks: readonly Network[],
  shares: readonly number[],
): Network {
  const sum = shares.reduce((total, share) => total + share, 0);
  const parts = shares.map((share) => (sum > 0 ? share / sum : 1 / shares.length));
  const average = (of: (network: Network) => Float64Array): Float64Array =>
    of(networks[0]).map((_, k) => networks.reduce((total, network, n) => total + parts[n] * of(network)[k], 0));
  return {
    ...problem.network,
    layers: problem.network.layers.map((layer, index) => {
      const free = problem.free[index];
      if (free === null || !isAffine(layer)) return layer;
      const at = (network: Network): typeof layer => network.layers[index] as typeof layer;
      const bias = average((network) => at(network).bias);
      const precision = precisions.get(index);
      return {
        ...layer,
        weights: average((network) => at(network).weights).map((weight, k) =>
          insideBox(free, intoDomain(weight, free.domain), k),
        ),
        bias: precision ? precision.allowed(bias, free.bias) : bias,
      };
    }),
  };
}
