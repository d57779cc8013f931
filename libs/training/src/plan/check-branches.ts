import { isChainFrom, sourcesOf } from '@mipnet/network';
import { firstFree } from '../problem/free-layers.js';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { splitOf } from '../splits/registry.js';

/**
 * Free layers lie on a chain; what stands before the first of them may branch. A split that frees one layer at a time
 * has its own rule, because then the layers before are frozen.
 * @throws TrainingError 'plan' naming the layer
 */
export function checkBranches({ network, free, splits }: Pick<TrainingProblem, 'network' | 'free' | 'splits'>): void {
  const first = firstFree({ free });
  if (isChainFrom(network, first + 1)) return;
  const inTurn = splits.findIndex((spec) => splitOf(spec).freesInTurn);
  const classes = splits.findIndex((spec) => splitOf(spec).dividesClasses);
  if (classes >= 0 && !(inTurn >= 0 && inTurn < classes))
    throw new TrainingError(
      'plan',
      `splits: ${splits[classes].name} places networks side by side, and the network branches behind ` +
        `layer ${first}, whose weights are unknown: branch before it, or put layers before ${splits[classes].name}`,
    );
  if (inTurn >= 0) return;
  const at = sourcesOf(network).findIndex(
    (sources, index) => index > first && (sources.length > 1 || sources[0] !== index - 1),
  );
  throw new TrainingError(
    'plan',
    `network: layer ${at} (${network.layers[at].kind}) is a branch behind layer ${first}, whose weights ` +
      'are unknown, and unknown layers have to lie on a chain: ' +
      'branch before the first layer with weights, or add layers to the splits, which trains one layer at a time',
  );
}
