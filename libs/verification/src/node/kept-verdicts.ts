import {
  encodeDocument,
  getSealed,
  putSealed,
  sha256Hex,
  type ObjectRef,
  type ObjectStore,
} from '@mipnet/object-store';
import { codeVersion, defaultSolver } from '@mipnet/solver';
import type { OnnxRuntime } from '../onnx-runtime.js';
import type { Query } from '../query.js';
import type { Verdict } from '../verdict.js';
import { replayWitness } from '../witness.js';
import type { Network } from '@mipnet/network';
import { isDecided, type Answer } from './answer.js';

// A proven verdict stays proven, whatever the limits were. So it is kept under the hash of the network, of the
// question, and of the code that proved it. The same question in a later run, or after a process was killed, takes it
// from there. Unresolved verdicts are not kept: they are tried again.

/** Packages whose code decides whether a proof is one. */
const packages = ['bounds', 'branching', 'dataset', 'encoding', 'mip', 'network', 'solver', 'verification'];

interface KeptVerdict {
  /** It repeats everything that the key stands for, so that an entry under a wrong key is detected. */
  readonly key: string;
  readonly verdict: Verdict;
}

/**
 * Under which name the verdict on a question is kept.
 * @param network its ONNX file
 * @param solver of its MIPs, by the name of its dialect
 */
export const keyOfVerdict = (
  network: Pick<ObjectRef, 'sha256'>,
  queries: readonly Query[],
  solver: string = defaultSolver,
  code = codeVersion(packages),
): string => sha256Hex(encodeDocument({ network: network.sha256, queries, code, solver }));

const placeOf = (key: string): string => `verdicts/${key}`;

/** Keeps a final verdict. If the store does not take it, only the reuse is lost, not the result. */
export async function keepVerdict(store: ObjectStore, key: string, answer: Answer): Promise<void> {
  if (!isDecided(answer)) return;
  const entry: KeptVerdict = { key, verdict: answer.verdict };
  await putSealed(store, placeOf(key), entry).catch(() => undefined);
}

/**
 * The verdict that an earlier run has kept, its witness replayed, or undefined. A wrong entry counts as missing: the
 * question is then solved.
 * @param openRuntime called only if there is a witness to replay
 */
export async function findVerdict(
  store: ObjectStore,
  key: string,
  queries: readonly Query[],
  network: Network,
  openRuntime: () => Promise<OnnxRuntime>,
): Promise<Verdict | undefined> {
  try {
    if (!(await store.has(placeOf(key)))) return undefined;
    const kept = await getSealed<KeptVerdict>(store, placeOf(key));
    if (kept.key !== key) return undefined;
    const { verdict } = kept;
    if (verdict.verdict === 'robust') return verdict.witness === undefined ? verdict : undefined;
    if (verdict.verdict === 'unresolved' || verdict.witness === undefined) return undefined;
    for (const query of queries) {
      if ((await replayWitness(network, await openRuntime(), query, verdict.witness.input)).accepted) return verdict;
    }
    return undefined;
  } catch {
    return undefined;
  }
}
