// Tested by ../e2e/verify.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities/leaves';
import { localEngine, refuseStore, storeOfRun, type Watcher } from '@mipnet/runs/here';
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
  if (options.epsilons !== undefined) {
    const { verifyCurve } = await import('../questions/verify-curve.js');
    const subject = await subjectOf(file, options, await storeOf(options), watcher.say);
    return { ...(await verifyCurve(subject, { ...options, epsilons: options.epsilons }, watcher)), notes: [] };
  }
  const place = await storeOf(options);
  // Its thread starts while this one reads the network and the questions. What it lacks is said when a run begins.
  const begun =
    options.engine === 'local'
      ? await localEngine({ store: place.store, slots: options.slots, solver: options.solver }, 'verify').catch(
          () => undefined,
        )
      : undefined;
  try {
    const subject = { ...(await subjectOf(file, options, place, watcher.say)), begun };
    return await answerQuestions(subject, await verifyQuestions(subject, options, watcher.say), options, watcher);
  } finally {
    await begun?.close();
  }
}

type Place = Pick<StoredSubject, 'store' | 'storeUrl'>;

async function storeOf({ engine, store }: VerifyOptions): Promise<Place> {
  const storeUrl = await storeOfRun(engine, store);
  return { store: await openAnyStore(storeUrl), storeUrl };
}

async function subjectOf(
  file: string,
  options: VerifyOptions,
  { store, storeUrl }: Place,
  say: Watcher['say'],
): Promise<StoredSubject> {
  const { network, bytes, property, notes } = await readSubject(file, options);
  requireVerifiable(network);
  notes.forEach(say);
  const model = await putModel(store, bytes).catch(refuseStore);
  return { network, file, bytes, property, model, store, storeUrl };
}
