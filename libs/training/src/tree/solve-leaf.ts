import { getDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import type { Solver, SolveProgress } from '@mipnet/solver';
import type { Incumbent } from '../problem/incumbent.js';
import type { Network } from '@mipnet/network';
import { freeNetwork } from '../model/free-network.js';
import { readLeafData } from '../rows/leaf-data.js';
import { recheck } from '../solve/recheck.js';
import { solveProblem } from '../solve/solve-problem.js';
import { getProblem, putIncumbent } from '../problem/documents.js';
import { betterOf, previousIncumbent } from './previous.js';
import { findKept, isRepeatable, keep } from './kept-results.js';

export interface LeafOptions {
  /**
   * The best network of an attempt that was lost. Used under a time limit, and for a solve that is to hand it back at
   * once; otherwise a work limit starts afresh, to repeat itself.
   */
  readonly checkpoint?: ObjectRef;
  /** Gets every better network, under a time limit only. */
  readonly onCheckpoint?: (network: Network) => void;
  /** The same under any limit: what is left of a solve that had to be ended from outside. */
  readonly onIncumbent?: (network: Network) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly stopped?: () => boolean;
}

/**
 * Reads a leaf's problem and its rows, solves it as MIPs, and leaves the certified incumbent in the store. Where an
 * earlier run has solved the same problem, its incumbent is checked and taken instead.
 */
export async function solveLeaf(
  store: ObjectStore,
  solver: Solver,
  leaf: ProblemNode,
  options: LeafOptions = {},
): Promise<Solved> {
  const problem = await getProblem(store, leaf.problem);
  const free = freeNetwork(problem, await readLeafData(store, problem));
  const timed = problem.limits.timeLimit !== undefined;
  const repeatable = isRepeatable(problem);
  const began = performance.now();
  const result = (ref: ObjectRef, incumbent: Incumbent, reused: boolean): Solved => ({
    name: leaf.name,
    incumbent: ref,
    objective: incumbent.objective,
    bound: incumbent.bound,
    accuracy: { train: null, validation: null },
    leaves: { ...noLeaves, [incumbent.status]: 1, ...(reused ? { reused: 1 } : {}) },
    seconds: { solver: (performance.now() - began) / 1000, merge: 0 },
    stopped: !reused && (options.stopped?.() ?? false),
  });
  const kept = repeatable ? await findKept(store, leaf.problem) : undefined;
  if (kept && recheck(free, kept.incumbent)) return result(kept.ref, kept.incumbent, true);
  const earlier = await previousIncumbent(store, problem);
  // Nothing can be better.
  if (earlier?.status === 'optimal' && recheck(free, earlier))
    return result(problem.previous!.incumbent!, earlier, true);
  const found = await solveProblem(solver, free, {
    // A solve that is stopped before it begins repeats nothing: it hands back what it is given.
    resume:
      (timed || options.stopped?.()) && options.checkpoint
        ? await getDocument<Network>(store, options.checkpoint)
        : undefined,
    onIncumbent: timed ? options.onCheckpoint : options.onIncumbent,
    onProgress: options.onProgress,
    stopped: options.stopped,
  });
  const incumbent = betterOf(found, earlier)!;
  const ref = await putIncumbent(store, incumbent);
  const solved = result(ref, incumbent, false);
  // What a stop cut short is not what the problem has for a result, and what is unresolved may be worth another try.
  if (repeatable && !solved.stopped && incumbent.status !== 'unresolved')
    await keep(store, leaf.problem, solved.incumbent!);
  return solved;
}
