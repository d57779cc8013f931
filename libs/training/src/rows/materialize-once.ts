// Tested by ../splits/behind-front.unit.test.ts.
import type { Network } from '@mipnet/network';
import { encodeDocument, getSealed, putSealed, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { codeVersion } from '@mipnet/solver';
import { createHash } from 'node:crypto';
import type { View } from '../problem/training-problem.js';
import { materialize, type Materialized } from './materialize.js';

/** The packages whose code decides what the outputs of frozen layers are. */
const packages = ['dataset', 'encoding', 'network', 'object-store', 'training'];

/**
 * `materialize`, whose result is kept in the store under the hash of its arguments and of the code: every round of a
 * split asks for the same outputs, and so do other runs with the same front. A damaged note counts as missing.
 */
export async function materializeOnce(
  store: ObjectStore,
  dataset: ObjectRef,
  view: View,
  frozen: Network,
  threads?: number,
): Promise<Materialized> {
  const asked = encodeDocument({ dataset: dataset.sha256, view, frozen, code: codeVersion(packages) });
  const key = `fronts/${createHash('sha256').update(asked).digest('hex')}`;
  const known = await kept(store, key);
  if (known) return known;
  const made = await materialize(store, dataset, view, frozen, threads);
  await putSealed(store, key, made);
  return made;
}

/** Undefined if there is none, or if its data set is gone. */
async function kept(store: ObjectStore, key: string): Promise<Materialized | undefined> {
  try {
    if (!(await store.has(key))) return undefined;
    const found = await getSealed<Materialized>(store, key);
    return (await store.has(found.dataset.key)) ? found : undefined;
  } catch {
    return undefined;
  }
}
