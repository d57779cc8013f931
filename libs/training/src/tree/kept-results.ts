import { getSealed, putSealed, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { createHash } from 'node:crypto';
import type { Incumbent } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { getIncumbent } from '../problem/documents.js';
import { codeVersion, type Solver } from '@mipnet/solver';

// A leaf without a time limit is a pure function of its problem document, of the code that solves it, and of the
// solver. Its incumbent is kept under the hash of all three, so that a second run that meets the same leaf need not
// solve it.

/** The packages whose code decides what a leaf's result is. */
const packages = ['bounds', 'dataset', 'encoding', 'mip', 'network', 'object-store', 'solver', 'training'];

/** What solves a leaf: the code, and the solver with its version, which no package.json pins. */
export const solverVersion = ({ name }: Pick<Solver, 'name'>): string => `${codeVersion(packages)} ${name}`;

/** An entry: it repeats everything that the key stands for, so that an entry under a wrong key is detected. */
interface KeptResult {
  readonly problem: string;
  readonly solver: string;
  readonly incumbent: ObjectRef;
}

/** @param solver see `solverVersion` */
export function keyOfResult(problem: ObjectRef, solver: string): string {
  return `results/${createHash('sha256').update(`${problem.sha256}/${solver}`).digest('hex')}`;
}

/**
 * Whether a result may be taken from an earlier run. One that seconds have a part in is another one tomorrow, and so is
 * one of a solver that does not promise to repeat itself.
 */
export const isRepeatable = (
  { limits }: TrainingProblem,
  { capabilities: { deterministic, work } }: Pick<Solver, 'capabilities'>,
): boolean => deterministic && work !== null && limits.timeLimit === undefined && limits.reuse !== false;

export interface FoundResult {
  readonly ref: ObjectRef;
  readonly incumbent: Incumbent;
}

/**
 * The incumbent that an earlier run has kept for the problem, or undefined. A wrong entry counts as missing: the leaf
 * is then solved. The caller must still recheck the incumbent.
 */
export async function findKept(
  store: ObjectStore,
  problem: ObjectRef,
  solver: Pick<Solver, 'name'>,
): Promise<FoundResult | undefined> {
  const version = solverVersion(solver);
  const key = keyOfResult(problem, version);
  try {
    if (!(await store.has(key))) return undefined;
    const kept = await getSealed<KeptResult>(store, key);
    if (kept.problem !== problem.sha256 || kept.solver !== version) return undefined;
    return { ref: kept.incumbent, incumbent: await getIncumbent(store, kept.incumbent) };
  } catch {
    return undefined;
  }
}

/** Keeps a result for later runs. A store that cannot take it has failed to help; the result itself is safe. */
export async function keep(
  store: ObjectStore,
  problem: ObjectRef,
  solver: Pick<Solver, 'name'>,
  incumbent: ObjectRef,
): Promise<void> {
  const version = solverVersion(solver);
  const entry: KeptResult = { problem: problem.sha256, solver: version, incumbent };
  await putSealed(store, keyOfResult(problem, version), entry).catch(() => undefined);
}
