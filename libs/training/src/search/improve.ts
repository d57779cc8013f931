// Tested by ../solve/judge.unit.test.ts.
import { weightBound, type Network } from '@mipnet/network';
import type { FreeNetwork } from '../model/free-network.js';
import { denseAt, withLayer } from '../problem/free-layers.js';
import type { Limits } from '../problem/training-problem.js';
import { searchNetwork } from './network-search.js';
import { improveNeuron, type NeuronProblem } from './neuron-search.js';

/**
 * The best network near a given one without a solver: the exact best bias and one-weight moves for a single neuron with
 * hinge loss on known inputs; moves of any free number for other networks of dense layers; otherwise the biases get the
 * values that precision.ts requires.
 */
export function improve(free: FreeNetwork, network: Network, stopped?: () => boolean): Network {
  const { problem, precisions } = free;
  const last = free.to - 1;
  const neuron = neuronProblem(free);
  if (!neuron)
    return searchNetwork(free, free.withAllowedBiases(network), { stopped, work: searchWork(problem.limits) });
  const layer = denseAt(network, last);
  const [bias] = precisions.get(last)!.allowed(layer.bias, neuron.freeBias);
  const better = improveNeuron(neuron, { weights: layer.weights, bias });
  return withLayer(network, last, { ...layer, weights: better.weights, bias: Float64Array.of(better.bias) });
}

/** The problem as one neuron with integer weights and hinge loss on known inputs; undefined if it is another one. */
export function neuronProblem(free: FreeNetwork): NeuronProblem | undefined {
  const { problem, data } = free;
  const last = free.to - 1;
  const layer = problem.network.layers[last];
  const own = problem.free[last];
  const [first] = problem.objectives;
  if (free.from !== last || layer.kind !== 'dense' || layer.outputs !== 1 || own === null) return undefined;
  if (first.kind !== 'fit' || first.loss !== 'hinge' || own.domain === 'real' || own.domain === 'binary')
    return undefined;
  const bound = weightBound(own.domain);
  return {
    features: data.features,
    inputs: data.inputs,
    labels: data.labels,
    sampleWeights: data.sampleWeights,
    rho: free.margin,
    sparsity: first.sparsity,
    grid: data.grid,
    lower: layer.weights.map((_, k) => Math.max(-bound, own.lower?.[k] ?? -bound)),
    upper: layer.weights.map((_, k) => Math.min(bound, own.upper?.[k] ?? bound)),
    freeBias: own.bias,
  };
}

/** Updates of one neuron for one sample that a search may try: about as long as the MIP is given. */
function searchWork({ searchLimit, workLimit, timeLimit }: Limits): number {
  if (searchLimit !== undefined) return searchLimit * 1e6;
  if (workLimit !== undefined) return Math.max(2e7, workLimit * 5e4);
  return timeLimit === undefined ? 3e8 : timeLimit * 2e7;
}
