import { isContinuous, isStepwise, piecesOf, type Activation } from '@mipnet/network';
import type { EncodingContext } from '../context.js';
import { EncodingError } from '../encoding-error.js';
import type { Unit } from '../signal.js';
import { bends } from './bends.js';
import { jumps } from './jumps.js';

/**
 * f(a) for an unknown a, from the pieces of f.
 * @throws EncodingError 'unsupported' for a function that both slopes and jumps, which no activation here does
 */
export function activationUnit(context: EncodingContext, activation: Activation, a: Unit): Unit {
  const pieces = piecesOf(activation);
  if (isStepwise(pieces)) return jumps(context, pieces, a);
  if (isContinuous(pieces)) return bends(context, pieces, a);
  throw new EncodingError(
    'unsupported',
    `the activation '${activation.activation}' has slopes and jumps: there is no formulation for it; leave it out`,
  );
}
