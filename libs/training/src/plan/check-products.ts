import { isStepwise, piecesOf, type Layer } from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import { splitOf } from '../splits/registry.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/**
 * What the encoder knows about the inputs of a layer: constants, columns of two values (or sums of such), or any number
 * between bounds.
 */
type Reach = 'known' | 'two-valued' | 'many-valued';

/**
 * Refuses a product of two unknowns that has no exact linear form, before anything is started: a real weight on an
 * input that depends on other unknown weights and takes more than two values. The encoder defines which cases are
 * linear (weight-product.ts). With a split that frees one layer at a time, every product is linear.
 * @throws TrainingError 'plan' naming the layer
 */
export function checkProducts({ network, free, splits }: Pick<TrainingProblem, 'network' | 'free' | 'splits'>): void {
  if (splits.some((spec) => splitOf(spec).freesInTurn)) return;
  let reach: Reach = 'known';
  network.layers.forEach((layer, index) => {
    const unknown = free[index];
    if (unknown?.domain === 'real' && reach === 'many-valued') {
      throw new TrainingError(
        'plan',
        `network: layer ${index} (${layer.kind}) has real weights on inputs that take more than two ` +
          'values, as a relu between real weights on both sides ' +
          'gives them, and such products are not linear: give it integer weights (ternary, binary, ' +
          'integer(P)), put a step, sign or ternary activation before it, or add layers to the splits',
      );
    }
    reach = unknown ? 'many-valued' : reach === 'known' ? 'known' : after(layer, reach);
  });
}

function after(layer: Layer, reach: Reach): Reach {
  if (layer.kind === 'flatten') return reach;
  return layer.kind === 'activation' && isStepwise(piecesOf(layer)) ? 'two-valued' : 'many-valued';
}
