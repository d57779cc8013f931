import { isContinuous, isStepwise, piecesOf, type Activation } from '@mipnet/network';
import type { EncodingContext } from '../context.js';
import { EncodingError } from '../encoding-error.js';
import type { Unit } from '../signal.js';
import { bends } from './bends.js';
import { jumps } from './jumps.js';

/**
 * f(a) for unknown a, from the pieces of f.
 * @throws EncodingError 'unsupported' for a function with slopes and jumps, which no registered activation is
 */
export function activationUnits(context: EncodingContext, activation: Activation, units: readonly Unit[]): Unit[] {
  const pieces = piecesOf(activation);
  if (isStepwise(pieces)) return units.map((a) => jumps(context, pieces, a));
  if (isContinuous(pieces)) return units.map((a) => bends(context, pieces, a));
  throw new EncodingError(
    'unsupported',
    `the activation '${activation.activation}' has slopes and jumps: there is no formulation for it; leave it out`,
  );
}
