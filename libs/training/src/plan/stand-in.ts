import { seededRandom, type Random } from '@mipnet/dataset';
import { isAffine, isChain, type Layer, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { materialize } from '../rows/materialize.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/**
 * A problem to measure by, for one whose data come from layers that are not trained yet: the same rows, seen through
 * these layers with random ternary weights. What it takes to solve is of the same order, and no more than that.
 * @param frozen the layers in front, as the plan has them: without weights
 */
export async function standIn(store: ObjectStore, problem: TrainingProblem, frozen: Network): Promise<TrainingProblem> {
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

/** A layer that has no weights yet gets some. Biases of half a step keep sign(0) away, as in training. */
function withWeights(layer: Layer, random: Random): Layer {
  if (!isAffine(layer) || layer.weights.some((weight) => weight !== 0)) return layer;
  return { ...layer, weights: layer.weights.map(() => random.integer(3) - 1), bias: layer.bias.map(() => 1 / 510) };
}
