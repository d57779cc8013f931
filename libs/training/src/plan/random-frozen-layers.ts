import { seededRandom, type Random } from '@mipnet/dataset';
import { isAffine, isChain, type Layer, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { materialize } from '../rows/materialize.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/**
 * A problem of the same size, to measure solve times before a run: the data of the real problem are outputs of layers
 * that are not trained yet, so these layers get random ternary weights. The time to solve it has the same order of
 * magnitude; do not expect more.
 * @param frozen the layers in front, as the plan has them: without weights
 */
export async function withRandomFrozenLayers(
  store: ObjectStore,
  problem: TrainingProblem,
  frozen: Network,
): Promise<TrainingProblem> {
  const random = seededRandom(problem.seed, 'stand-in');
  const none = new Int32Array(0);
  const view = { ...problem.view, validationRows: none, validationLabels: none };
  const network: Network = {
    ...problem.network,
    layers: problem.network.layers.map((layer, index) =>
      problem.free[index] === null ? withWeights(layer, random) : layer,
    ),
  };
  const runs = frozen.layers.some(isAffine) || !isChain(frozen);
  if (!runs) return { ...problem, network, view };
  const seen = await materialize(store, problem.dataset, view, {
    ...frozen,
    layers: frozen.layers.map((layer) => withWeights(layer, random)),
  });
  return { ...problem, network, dataset: seen.dataset, view: seen.view };
}

/** A layer without weights gets random ones. Biases of half a step avoid sign(0), as in training. */
function withWeights(layer: Layer, random: Random): Layer {
  if (!isAffine(layer) || layer.weights.some((weight) => weight !== 0)) return layer;
  return { ...layer, weights: layer.weights.map(() => random.integer(3) - 1), bias: layer.bias.map(() => 1 / 510) };
}
