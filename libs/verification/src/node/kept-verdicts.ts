import {
  encodeDocument,
  getSealed,
  putSealed,
  sha256Hex,
  type ObjectRef,
  type ObjectStore,
} from '@mipnet/object-store';
import { codeVersion } from '@mipnet/solver';
import type { OnnxRuntime } from '../onnx-runtime.js';
import type { Query } from '../query.js';
import type { Verdict } from '../verdict.js';
import { replayWitness } from '../witness.js';
import type { Network } from '@mipnet/network';
import { isDecided, type Answer } from './answer.js';

// A verdict that is proven stays proven, whatever the limits were under which it was found. So it is kept under the
// hash of the network, of what was asked, and of the code that proved it; whoever asks the same again, or goes on after
// a process was killed, takes it from there. What a limit left unresolved is not kept: it is tried again.

/** Packages whose code decides whether a proof is one. */
const packages = ['dataset', 'encoding', 'mip', 'network', 'solver', 'verification'];

interface KeptVerdict {
  /** Everything that the key stands for is in it; an entry under a wrong key is noticed. */
  readonly key: string;
  readonly verdict: Verdict;
}

/** Under which name the verdict on a question is kept. @param network its ONNX file */
export const keyOfVerdict = (
  network: Pick<ObjectRef, 'sha256'>,
  queries: readonly Query[],
  code = codeVersion(packages),
): string => sha256Hex(encodeDocument({ network: network.sha256, queries, code }));

const placeOf = (key: string): string => `verdicts/${key}`;

/** Keeps a verdict that stands. A store that cannot take it has failed to help; the result itself is safe. */
export async function keepVerdict(store: ObjectStore, key: string, answer: Answer): Promise<void> {
  if (!isDecided(answer)) return;
  const entry: KeptVerdict = { key, verdict: answer.verdict };
  await putSealed(store, placeOf(key), entry).catch(() => undefined);
}

/**
 * The verdict that an earlier run has kept, its witness replayed, or undefined. Whatever is wrong with an entry means
 * that there is none: the question is then asked.
 */
export async function findVerdict(
  store: ObjectStore,
  key: string,
  queries: readonly Query[],
  network: Network,
  runtime: OnnxRuntime,
): Promise<Verdict | undefined> {
  try {
    if (!(await store.has(placeOf(key)))) return undefined;
    const kept = await getSealed<KeptVerdict>(store, placeOf(key));
    if (kept.key !== key) return undefined;
    const { verdict } = kept;
    if (verdict.verdict === 'robust') return verdict.witness === undefined ? verdict : undefined;
    if (verdict.verdict === 'unresolved' || verdict.witness === undefined) return undefined;
    for (const query of queries) {
      if ((await replayWitness(network, runtime, query, verdict.witness.input)).accepted) return verdict;
    }
    return undefined;
  } catch {
    return undefined;
  }
}
