// Tested by ../splits/columns.unit.test.ts.
import type { Dense, Network } from '@mipnet/network';
import { denseAt, firstFree } from '../problem/free-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { hiddenUnits, type HiddenUnit, type TwoLayers } from './hidden-units.js';

/**
 * The problem's network with these neurons in its hidden layer. The bias of a neuron lies half a step of the grid
 * beside its threshold, so that no rounding changes on which rows it fires.
 */
export function columnsNetwork(
  { network, free }: Pick<TrainingProblem, 'network' | 'free'>,
  found: TwoLayers,
  grid: number,
): Network {
  const hidden = firstFree({ free });
  const { inputs } = denseAt(network, hidden);
  const { biases } = found;
  const used = hiddenUnits(found);
  // A layer needs a neuron: one that reads nothing and counts nothing.
  const none: HiddenUnit = { inputs: [], weights: [], threshold: 0, outputs: new Float64Array(biases.length) };
  const units = used.length === 0 ? [none] : used;
  const weights = new Float64Array(units.length * inputs);
  units.forEach((unit, t) => unit.inputs.forEach((input, j) => (weights[t * inputs + input] = unit.weights[j])));
  const into: Dense = {
    ...denseAt(network, hidden),
    outputs: units.length,
    weights,
    bias: Float64Array.from(units, ({ threshold }) => (0.5 - threshold) * grid),
  };
  const out: Dense = {
    ...denseAt(network, hidden + 2),
    inputs: units.length,
    weights: Float64Array.from({ length: biases.length * units.length }, (_, at) => {
      const [of, t] = [Math.floor(at / units.length), at % units.length];
      return units[t].outputs[of];
    }),
    bias: biases,
  };
  return {
    ...network,
    layers: network.layers.map((layer, index) => (index === hidden ? into : index === hidden + 2 ? out : layer)),
  };
}
