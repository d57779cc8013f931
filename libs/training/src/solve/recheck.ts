import { inDomain, type Network } from '@mipnet/network';
import { encodeDocument } from '@mipnet/object-store';
import type { FreeNetwork } from '../model/free-network.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { insideBoxes } from '../problem/free-layers.js';
import type { Incumbent } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** How far the first objective may be from the claim, relative: what later objectives may have cost it. */
const tolerance = 1e-5;

/**
 * Whether an incumbent that this process did not find is one of the problem: the same network but for the free weights,
 * these in their domains and boxes, and the value that it claims, by the forward pass on the data. A forward pass is
 * all it costs. The bound cannot be proven again without solving; it is only refused where the value contradicts it.
 */
export function recheck(free: FreeNetwork, { network, objective, bound }: Incumbent): boolean {
  const { problem } = free;
  if (!isNetworkOf(problem, network) || !insideBoxes(problem, network)) return false;
  const value = objectiveValue(problem.objectives[0], free.replay(network));
  const allowed = tolerance * Math.max(1, Math.abs(value));
  return Math.abs(value - objective) <= allowed && (bound === null || bound <= value + allowed);
}

/** Whether only the weights and biases of free layers differ from the problem's network, and are numbers. */
function isNetworkOf(problem: TrainingProblem, network: Network): boolean {
  if (network.layers.length !== problem.network.layers.length) return false;
  const frame = network.layers.map((layer, index) => {
    const asked = problem.network.layers[index];
    if (problem.free[index] === null || layer.kind !== 'dense' || asked.kind !== 'dense') return layer;
    const fits =
      layer.weights.length === asked.weights.length &&
      layer.bias.length === asked.bias.length &&
      inDomain(layer.bias, 'real');
    return fits ? { ...layer, weights: asked.weights, bias: asked.bias } : layer;
  });
  return Buffer.compare(encodeDocument({ ...network, layers: frame }), encodeDocument(problem.network)) === 0;
}
