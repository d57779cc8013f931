import { getDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import type { SolveProgress, Solver } from '@mipnet/solver';
import type { Incumbent } from '../incumbent.js';
import type { Network } from '@mipnet/network';
import { readLeafData } from '../leaf/leaf-data.js';
import { solveProblem } from '../leaf/solve-problem.js';
import { getProblem, putIncumbent } from './documents.js';

export interface LeafOptions {
  /** The best network of an attempt that was lost. Used under a time limit only: a work limit starts afresh, to repeat itself. */
  readonly checkpoint?: ObjectRef;
  /** Gets every better network, under a time limit only. */
  readonly onCheckpoint?: (network: Network) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly stopped?: () => boolean;
}

/** Reads a leaf's problem and its rows, solves it as MIPs, and leaves the certified incumbent in the store. */
export async function solveLeaf(store: ObjectStore, solver: Solver, leaf: ProblemNode, options: LeafOptions = {}): Promise<Solved> {
  const problem = await getProblem(store, leaf.problem);
  const data = await readLeafData(store, problem);
  const timed = problem.limits.timeLimit !== undefined;
  const began = performance.now();
  const incumbent = solveProblem(solver, problem, data, {
    resume: timed && options.checkpoint ? await getDocument<Network>(store, options.checkpoint) : undefined,
    onIncumbent: timed ? options.onCheckpoint : undefined,
    onProgress: options.onProgress,
    stopped: options.stopped,
  });
  return {
    name: leaf.name,
    incumbent: await putIncumbent(store, incumbent),
    objective: incumbent.objective,
    bound: incumbent.bound,
    accuracy: { train: null, validation: null },
    leaves: countOf(incumbent),
    seconds: { solver: (performance.now() - began) / 1000, merge: 0 },
    stopped: options.stopped?.() ?? false,
  };
}

const countOf = ({ status }: Incumbent): Solved['leaves'] => ({ ...noLeaves, [status]: 1 });
