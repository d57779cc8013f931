// Tested by ../e2e/verify.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities/leaves';
import { refuseStore, storeOfRun, type Watcher } from '@mipnet/runs/here';
import { putModel, requireVerifiable } from '@mipnet/verification';
import { answerQuestions, type StoredSubject, type VerifyOptions } from '../questions/answer-questions.js';
import type { CurveReport } from '../questions/curve.js';
import { readSubject } from '../questions/read-subject.js';
import type { CertifiedReport } from '../questions/verify-certified.js';
import { verifyQuestions } from '../questions/verify-questions.js';
import type { VerifyReport } from '../questions/verify-report.js';

/** The answers to one or many questions. */
export interface Verified {
  readonly report: VerifyReport | CertifiedReport | CurveReport;
  /** Something is unresolved because of an error or a stop. */
  readonly incomplete: boolean;
  /** What a person should know of it, one line each. */
  readonly notes: readonly string[];
}

/** Certified verdicts on images, on rows of a table or on a VNN-LIB property; for several distances a curve. */
export async function verifyNetwork(file: string, options: VerifyOptions, watcher: Watcher): Promise<Verified> {
  // Loaded on demand, as what reads data sets.
  if (options.certificate !== undefined) {
    const { verifyCertified } = await import('../questions/verify-certified.js');
    return verifyCertified(file, options.certificate, options, watcher);
  }
  const subject = await subjectOf(file, options, watcher.say);
  if (options.epsilons !== undefined) {
    const { verifyCurve } = await import('../questions/verify-curve.js');
    return { ...(await verifyCurve(subject, { ...options, epsilons: options.epsilons }, watcher)), notes: [] };
  }
  return answerQuestions(subject, await verifyQuestions(subject, options, watcher.say), options, watcher);
}

async function subjectOf(file: string, options: VerifyOptions, say: Watcher['say']): Promise<StoredSubject> {
  const { network, bytes, property, notes } = await readSubject(file, options);
  requireVerifiable(network);
  notes.forEach(say);
  const storeUrl = await storeOfRun(options.engine, options.store);
  const store = await openAnyStore(storeUrl);
  const model = await putModel(store, bytes).catch(refuseStore);
  return { network, file, bytes, property, model, store, storeUrl };
}
