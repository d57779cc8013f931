import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { splitOf } from './registry.js';

/**
 * Refuses invalid orders of splits, with the reason that the split itself gives.
 * @throws TrainingError 'problem'
 */
export function checkOrder({ name, splits, network, free }: TrainingProblem): void {
  const names = splits.map((spec) => spec.name);
  const refuse = (why: string): never => {
    throw new TrainingError('problem', `${name}: splits [${names.join(', ')}]: ${why}`);
  };
  splits.forEach((spec, at) => {
    const split = splitOf(spec);
    for (const [later, reason] of Object.entries(split.notBefore ?? {}))
      if (names.includes(later, at + 1)) refuse(`${later} cannot follow ${spec.name}: ${reason}`);
    if (split.follows && names[at - 1] !== split.follows.name) refuse(split.follows.reason);
    const refusal = split.refusalBehind?.(spec, splits.slice(at + 1));
    if (refusal !== undefined) refuse(refusal);
  });
  const hasFreeConvolution = network.layers.some((layer, index) => layer.kind === 'conv2d' && free[index] !== null);
  if (hasFreeConvolution && !splits.some((spec) => splitOf(spec).freesInTurn))
    refuse('a free convolution is trained filter by filter; add layers to the splits');
}
