// Tested by ../node/verification-run.unit.test.ts.
import { inputSize, type Network } from '@mipnet/network';
import { requireFit, type Query } from '../query.js';
import { distance, shrunk } from '../region.js';
import { VerificationError } from '../verification-error.js';
import { attack, hasJumps, type AttackOptions, type AttackResult } from './find-witness.js';
import { prepareScore } from './score.js';

export interface ClosestResult extends AttackResult {
  /** From the centre to the witness: an upper bound on the least distance. Infinite without a witness. */
  readonly distance: number;
}

/**
 * Looks for a witness, then for nearer ones in smaller balls: bisection between the nearest witness and the largest
 * radius at which the attack found none (which proves nothing, so the least distance may be below it).
 * `rounds` of bisection: 8 unless another number is given.
 * @throws VerificationError 'query' if the region has no ball, and as `findWitness`
 */
export function closestWitness(
  network: Network,
  query: Query,
  options: AttackOptions & { readonly rounds?: number } = {},
): ClosestResult {
  const { ball } = query.region;
  if (ball === undefined)
    throw new VerificationError('query', "'closest' needs a ball: give an image and a norm instead of a box");
  const score = prepareScore(network);
  requireFit(query, inputSize(network), score.outputSize);
  const jumps = hasJumps(network);
  const first = attack(score, query, jumps, options);
  if (first.witness === undefined) return { ...first, distance: Infinity };
  let best: ClosestResult = { ...first, distance: distance(ball, first.witness) };
  let { evaluations, seconds } = first;
  for (let round = 0, low = 0; round < (options.rounds ?? 8) && best.distance > low && !options.stopped?.(); round++) {
    const radius = low + (best.distance - low) / 2;
    const smaller = { ...query, region: shrunk(query.region, radius) };
    const found = attack(score, smaller, jumps, { ...options, restarts: 2, starts: [best.witness as Float64Array] });
    evaluations += found.evaluations;
    seconds += found.seconds;
    if (found.witness === undefined) low = radius;
    else best = { ...found, distance: distance(ball, found.witness) };
  }
  return { ...best, evaluations, seconds };
}
