// Tested by ../splits/columns.unit.test.ts.
import { scoredClasses, type ClassNeuron } from './class-neuron.js';
import type { ColumnRows } from './column-rows.js';
import type { Family } from './family.js';
import { firesOn, type Neuron } from './neuron.js';

/** A network with one hidden layer, as column generation finds it. */
export interface TwoLayers {
  readonly neurons: readonly ClassNeuron[];
  readonly outputs: Float64Array;
  /** One per class with a score. */
  readonly biases: Float64Array;
}

/** A neuron of the hidden layer with its outputs, one per class with a score. */
export interface HiddenUnit extends Neuron {
  readonly outputs: Float64Array;
}

/** Equal neurons of several classes are one unit; neurons with the output 0 are left out. The largest outputs first. */
export function hiddenUnits({ neurons, outputs, biases }: TwoLayers): readonly HiddenUnit[] {
  // Of two classes, only the second one has a score.
  const first = biases.length === 1 ? 1 : 0;
  const units = new Map<string, HiddenUnit>();
  const used = [...neurons.keys()]
    .filter((t) => outputs[t] !== 0)
    .sort((a, b) => Math.abs(outputs[b]) - Math.abs(outputs[a]) || a - b);
  for (const t of used) {
    const { class: of, inputs, weights, threshold } = neurons[t];
    const key = [...inputs, ...weights, threshold].join(' ');
    const unit = units.get(key) ?? { inputs, weights, threshold, outputs: new Float64Array(biases.length) };
    unit.outputs[of - first] += outputs[t];
    units.set(key, unit);
  }
  return [...units.values()];
}

/**
 * The scores of all classes, class by class, that of the first of two classes 0. They are summed up in the order of the
 * network's forward pass, so that both say the same of a row whose scores are nearly equal.
 */
export function scoresOf(
  { count, inputs, values, classes }: Pick<ColumnRows, 'count' | 'inputs' | 'values' | 'classes'>,
  network: TwoLayers,
  { activation }: Pick<Family, 'activation'>,
): Float64Array {
  const scores = new Float64Array(classes * count);
  const units = hiddenUnits(network).map((unit) => ({ ...unit, fires: firesOn(unit, { count, inputs, values }) }));
  scoredClasses(classes).forEach((of, position) => {
    const own = scores.subarray(of * count, (of + 1) * count);
    for (const { fires, outputs } of units) {
      const on = outputs[position];
      const off = activation === 'sign' ? -on : 0;
      if (on !== 0) fires.forEach((fire, row) => (own[row] += fire ? on : off));
    }
    own.forEach((score, row) => (own[row] = score + network.biases[position]));
  });
  return scores;
}
