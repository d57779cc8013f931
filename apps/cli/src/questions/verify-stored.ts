// Tested by ../e2e/verify.e2e.test.ts.
import type { Watcher } from '@mipnet/runs/here';
import { answerQuestions, type StoredSubject, type VerifyOptions } from './answer-questions.js';
import { storedSubject } from './stored-subject.js';
import { verifyQuestions } from './verify-questions.js';
import type { Verified } from '../api/verify-network.js';

/** Verdicts on images, on rows of a table or on a property, kept in the store; for several distances a curve. */
export async function verifyStored(
  file: string,
  options: VerifyOptions,
  place: Pick<StoredSubject, 'store' | 'storeUrl' | 'begun'>,
  watcher: Watcher,
): Promise<Verified> {
  const { epsilons } = options;
  const subject = await storedSubject(file, options, place, watcher.say);
  if (epsilons === undefined)
    return answerQuestions(subject, await verifyQuestions(subject, options, watcher.say), options, watcher);
  const { verifyCurve } = await import('./verify-curve.js');
  return { ...(await verifyCurve(subject, { ...options, epsilons }, watcher)), notes: [] };
}
