// Tested by ../e2e/verify.e2e.test.ts.
import { localEngine, openAnyStore, storeOfRun, type Watcher } from '@mipnet/runs/local';
import type { StoredSubject, VerifyOptions } from '../questions/answer-questions.js';
import { runtimeThread } from '../questions/runtime-ahead.js';
import type { Verified } from '../questions/verified.js';

/** Certified verdicts on images, on rows of a table or on a VNN-LIB property; for several distances a curve. */
export async function verifyNetwork(file: string, options: VerifyOptions, watcher: Watcher): Promise<Verified> {
  // Loaded on demand, as what reads data sets.
  if (options.certificate !== undefined) {
    const { verifyCertified } = await import('../questions/verify-certified.js');
    return verifyCertified(file, options.certificate, options, watcher);
  }
  const storeUrl = await storeOfRun(options.engine, options.store);
  const store = await openAnyStore(storeUrl);
  const begun = await begunEngine(store, options);
  const runtime = begun && runtimeThread();
  begun?.prepare({ kind: 'verify', runtime: runtime?.port });
  try {
    // Loaded while the thread of that engine starts.
    const { verifyStored } = await import('../questions/verify-stored.js');
    return await verifyStored(file, options, { store, storeUrl, begun }, watcher);
  } finally {
    await Promise.all([begun?.close(), runtime?.close()]);
  }
}

/** In this process, a thread gets ready while the questions are read. What it lacks is said when a run begins. */
async function begunEngine(
  store: StoredSubject['store'],
  { engine, epsilons, slots, solver }: VerifyOptions,
): Promise<StoredSubject['begun']> {
  // Each distance of a curve is a run with an engine of its own.
  if (engine !== 'local' || epsilons !== undefined) return undefined;
  return localEngine({ store, slots, solver }).catch(() => undefined);
}
