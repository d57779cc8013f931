import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { SplitSpec } from '../problem/split-spec.js';

type Name = SplitSpec['name'];

/** `later` must not stand anywhere behind `earlier`. A split itself never looks behind; this is the one place that does. */
const senseless: readonly { readonly earlier: Name; readonly later: Name; readonly reason: string }[] = [
  {
    earlier: 'batches',
    later: 'pairs',
    reason: 'a batch is judged by one network on all the data, and pairs make many; put pairs first',
  },
  { earlier: 'neurons', later: 'layers', reason: 'a neuron is trained alone and has no layers; put layers first' },
  { earlier: 'neurons', later: 'neurons', reason: 'a neuron cannot be divided into neurons' },
  { earlier: 'pairs', later: 'pairs', reason: 'a pair of classes cannot be divided into pairs' },
  { earlier: 'layers', later: 'layers', reason: 'one layer cannot be divided into layers' },
  { earlier: 'batches', later: 'batches', reason: 'a batch is already as small as the first batches made it' },
];

/**
 * Refuses orders of splits that make no sense, with the reason.
 * @throws TrainingError 'problem'
 */
export function checkOrder({ name, splits, network, free }: TrainingProblem): void {
  const names = splits.map((spec) => spec.name);
  const order = `[${names.join(', ')}]`;
  for (const { earlier, later, reason } of senseless) {
    const first = names.indexOf(earlier);
    if (first >= 0 && names.includes(later, first + 1))
      throw new TrainingError(
        'problem',
        `${name}: splits ${order}: ${later} behind ${earlier} makes no sense: ${reason}`,
      );
  }
  const built = names.indexOf('layers');
  const ofNeurons = names.indexOf('neurons');
  if (ofNeurons >= 0 && (built < 0 || ofNeurons !== built + 1)) {
    throw new TrainingError(
      'problem',
      `${name}: splits ${order}: neurons needs one layer with nothing decided behind it; write it right behind layers`,
    );
  }
  const inner = splits[built];
  if (inner?.name === 'layers' && inner.cycles > 0 && names.includes('pairs', built + 1)) {
    throw new TrainingError(
      'problem',
      `${name}: splits ${order}: layers with ${inner.cycles} cycles improves one whole network, and pairs behind it makes one a pair; put pairs first or leave cycles out`,
    );
  }
  if (built < 0 && network.layers.some((layer, index) => layer.kind === 'conv2d' && free[index] !== null)) {
    throw new TrainingError(
      'problem',
      `${name}: splits ${order}: a free convolution is trained filter by filter; add layers to the splits`,
    );
  }
}
