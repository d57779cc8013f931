// Tested by ../e2e/verify.e2e.test.ts.
import type { ObjectRef } from '@mipnet/object-store';
import { refuseStore, type NetworkFile, type Watcher } from '@mipnet/runs/here';
import { putModel, requireVerifiable } from '@mipnet/verification';
import type { StoredSubject, VerifyOptions } from './answer-questions.js';
import { readSubject } from './read-subject.js';

/**
 * Reads the network that the questions are about, and puts it into the store. An engine that has begun gets ready for
 * it while the property is read.
 */
export async function storedSubject(
  file: string,
  options: VerifyOptions,
  { store, storeUrl, begun }: Pick<StoredSubject, 'store' | 'storeUrl' | 'begun'>,
  say: Watcher['say'],
): Promise<StoredSubject> {
  const put = async ({ network, bytes }: NetworkFile): Promise<ObjectRef> => {
    requireVerifiable(network);
    return putModel(store, bytes).catch(refuseStore);
  };
  const subject = await readSubject(file, options, async (alone) => {
    if (begun) begun.prepare({ kind: 'verify', about: await put(alone) });
  });
  const model = await put(subject);
  const { network, bytes, property, notes } = subject;
  notes.forEach(say);
  return { network, file, bytes, property, model, store, storeUrl, begun };
}
