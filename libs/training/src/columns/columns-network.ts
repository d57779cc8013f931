// Tested by ../splits/columns.unit.test.ts.
import type { Dense, Network } from '@mipnet/network';
import { denseAt, firstFree } from '../problem/free-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { Neuron } from './neuron.js';

/** A network with one hidden layer, as column generation finds it. */
export interface TwoLayers {
  readonly neurons: readonly Neuron[];
  readonly outputs: Float64Array;
  readonly bias: number;
}

/**
 * The problem's network with these neurons in its hidden layer; the largest
 * outputs first; those with the output 0 are left out. The bias of a
 * neuron lies half a step of the grid beside its threshold, so that no rounding changes on which rows it fires.
 */
export function columnsNetwork(
  { network, free }: Pick<TrainingProblem, 'network' | 'free'>,
  { neurons, outputs, bias }: TwoLayers,
  grid: number,
): Network {
  const hidden = firstFree({ free });
  const { inputs } = denseAt(network, hidden);
  const used = [...neurons.keys()]
    .filter((t) => outputs[t] !== 0)
    .sort((a, b) => Math.abs(outputs[b]) - Math.abs(outputs[a]) || a - b);
  // A layer needs a neuron: one that reads nothing and counts nothing.
  const kept: readonly (Neuron & { readonly output: number })[] =
    used.length === 0
      ? [{ inputs: [], weights: [], threshold: 0, output: 0 }]
      : used.map((t) => ({ ...neurons[t], output: outputs[t] }));
  const weights = new Float64Array(kept.length * inputs);
  kept.forEach((neuron, t) => neuron.inputs.forEach((input, j) => (weights[t * inputs + input] = neuron.weights[j])));
  const into: Dense = {
    ...denseAt(network, hidden),
    outputs: kept.length,
    weights,
    bias: Float64Array.from(kept, ({ threshold }) => (0.5 - threshold) * grid),
  };
  const out: Dense = {
    ...denseAt(network, hidden + 2),
    inputs: kept.length,
    weights: Float64Array.from(kept, ({ output }) => output),
    bias: Float64Array.of(bias),
  };
  return {
    ...network,
    layers: network.layers.map((layer, index) => (index === hidden ? into : index === hidden + 2 ? out : layer)),
  };
}
