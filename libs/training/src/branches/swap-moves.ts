import { withLayer } from '../problem/free-layers.js';
import type { FreeNetwork } from '../model/free-network.js';
import { denseAt } from '../problem/free-layers.js';
import { improve } from '../search/improve.js';
import type { NeuronProblem } from '../search/neuron-search.js';
import type { Network } from '@mipnet/network';

/** Rounds of two-weight moves. */
const passes = 20;
/** Products of a pair of steps and a sample that one pass may look at. */
const passWork = 2e8;

/**
 * Local search with two weights at a time: where no single step helps, a step of one weight together with a step of
 * another may, such as a weight that moves to the pixel beside it. One pass takes the best pair of steps, then the best
 * bias and all single steps. Deterministic, never worse than its start.
 */
export function swapMoves(free: FreeNetwork, neuron: NeuronProblem, start: Network, stopped: () => boolean): Network {
  let network = improve(free, start, stopped);
  for (let pass = 0; pass < passes && !stopped(); pass++) {
    const at = free.to - 1;
    const layer = denseAt(network, at);
    const pair = bestPair(neuron, layer.weights, layer.bias[0]);
    if (pair === undefined) return network;
    const weights = layer.weights.slice();
    for (const { weight, step } of pair) weights[weight] += step;
    network = improve(free, withLayer(network, at, { ...layer, weights }), stopped);
  }
  return network;
}

interface Step {
  readonly weight: number;
  readonly step: number;
  readonly cost: number;
}

/** The two steps that lower the objective most at the present bias; undefined if none does. */
function bestPair(neuron: NeuronProblem, weights: Float64Array, bias: number): readonly Step[] | undefined {
  const { features, inputs, labels, sampleWeights, rho } = neuron;
  const samples = labels.length;
  const steps = stepsOf(neuron, weights);
  if (steps.length ** 2 * samples > 2 * passWork) return undefined;
  const sign = Float64Array.from(labels, (label) => (label === 1 ? 1 : -1));
  const slack = Float64Array.from(labels, (_, k) => {
    let score = bias;
    for (let i = 0; i < inputs; i++) score += weights[i] * features[k * inputs + i];
    return rho - sign[k] * score;
  });
  // By how much a step lowers what a sample lacks.
  const gains = steps.map(({ weight, step }) =>
    Float64Array.from(labels, (_, k) => sign[k] * step * features[k * inputs + weight]),
  );
  const loss = slack.reduce((sum, value, k) => sum + sampleWeights[k] * Math.max(0, value), 0);
  let least = -1e-9;
  let best: readonly Step[] | undefined;
  const after = new Float64Array(samples);
  steps.forEach((first, a) => {
    for (let k = 0; k < samples; k++) after[k] = slack[k] - gains[a][k];
    for (let b = a + 1; b < steps.length; b++) {
      if (steps[b].weight === first.weight) continue;
      const most = least + loss - first.cost - steps[b].cost;
      const gain = gains[b];
      let sum = 0;
      for (let k = 0; k < samples && sum < most; k++) {
        const value = after[k] - gain[k];
        if (value > 0) sum += sampleWeights[k] * value;
      }
      if (sum < most) [least, best] = [sum - loss + first.cost + steps[b].cost, [first, steps[b]]];
    }
  });
  return best;
}

/** Single steps inside the bounds of weights that have an effect. */
function stepsOf({ features, inputs, labels, lower, upper, sparsity }: NeuronProblem, weights: Float64Array): Step[] {
  const steps: Step[] = [];
  for (let weight = 0; weight < inputs; weight++) {
    let isLive = false;
    for (let k = 0; k < labels.length && !isLive; k++) isLive = features[k * inputs + weight] !== 0;
    if (!isLive) continue;
    for (const step of [-1, 1]) {
      const next = weights[weight] + step;
      if (next >= lower[weight] && next <= upper[weight])
        steps.push({ weight, step, cost: sparsity * (Math.abs(next) - Math.abs(weights[weight])) });
    }
  }
  return steps;
}
