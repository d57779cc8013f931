import type { ActivationName } from '@mipnet/network';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { FreeSpan } from './free-span.js';

/**
 * Neurons whose weights in and out are both unknown: two free dense layers with nothing but activations between them.
 */
export interface HiddenLayer {
  /** Index of the dense layer into the neurons, and of the one out of them. */
  readonly incoming: number;
  readonly outgoing: number;
  /** The activation between; undefined when there is none. */
  readonly activation?: ActivationName;
}

export function hiddenLayers(
  { network, free }: Pick<TrainingProblem, 'network' | 'free'>,
  { from, to }: Pick<FreeSpan, 'from' | 'to'>,
): HiddenLayer[] {
  const found: HiddenLayer[] = [];
  let incoming: number | undefined;
  let activations: ActivationName[] = [];
  for (let index = from; index < to; index++) {
    const layer = network.layers[index];
    if (layer.kind === 'activation') activations.push(layer.activation);
    else if (layer.kind === 'dense' && free[index] !== null) {
      if (incoming !== undefined && activations.length <= 1)
        found.push({ incoming, outgoing: index, activation: activations[0] });
      incoming = index;
      activations = [];
    } else if (layer.kind !== 'flatten') incoming = undefined;
  }
  return found;
}
