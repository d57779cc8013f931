import { getSealed, putSealed, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { createHash } from 'node:crypto';
import type { Incumbent } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { getIncumbent } from '../problem/documents.js';
import { codeVersion } from '@mipnet/solver';

// A leaf without a time limit is a pure function of its problem document and of the code that solves it. Its incumbent
// is kept under the hash of both, so that a second run that meets the same leaf need not solve it.

/** The packages whose code decides what a leaf's result is. Their package.json pins the solver. */
const packages = ['dataset', 'encoding', 'mip', 'network', 'object-store', 'solver', 'training'];
const solverVersion = (): string => codeVersion(packages);

/** What is kept: everything that the key stands for, so that an entry under a wrong key is noticed. */
interface KeptResult {
  readonly problem: string;
  readonly solver: string;
  readonly incumbent: ObjectRef;
}

export function keyOfResult(problem: ObjectRef, solver = solverVersion()): string {
  return `results/${createHash('sha256').update(`${problem.sha256}/${solver}`).digest('hex')}`;
}

/** A result that seconds have a part in is another one tomorrow. */
export const isRepeatable = ({ limits }: TrainingProblem): boolean =>
  limits.timeLimit === undefined && limits.reuse !== false;

export interface FoundResult {
  readonly ref: ObjectRef;
  readonly incumbent: Incumbent;
}

/**
 * The incumbent that an earlier run has kept for the problem, or undefined. Whatever is wrong with an entry means that
 * there is none: the leaf is then solved. The caller still has to recheck the incumbent.
 */
export async function findKept(store: ObjectStore, problem: ObjectRef): Promise<FoundResult | undefined> {
  const key = keyOfResult(problem);
  try {
    if (!(await store.has(key))) return undefined;
    const kept = await getSealed<KeptResult>(store, key);
    if (kept.problem !== problem.sha256 || kept.solver !== solverVersion()) return undefined;
    return { ref: kept.incumbent, incumbent: await getIncumbent(store, kept.incumbent) };
  } catch {
    return undefined;
  }
}

/** Keeps a result for later runs. A store that cannot take it has failed to help; the result itself is safe. */
export async function keep(store: ObjectStore, problem: ObjectRef, incumbent: ObjectRef): Promise<void> {
  const entry: KeptResult = { problem: problem.sha256, solver: solverVersion(), incumbent };
  await putSealed(store, keyOfResult(problem), entry).catch(() => undefined);
}
