import { getDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import type { Solver, SolveProgress } from '@mipnet/solver';
import type { LeafResult, LeafWork } from '../problem/leaf-work.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { columnsWork } from '../columns/columns-work.js';
import type { Network } from '@mipnet/network';
import { freeNetwork } from '../model/free-network.js';
import { readLeafData } from '../rows/leaf-data.js';
import { recheck } from '../solve/recheck.js';
import { solveProblem, type SolveHooks } from '../solve/solve-problem.js';
import { searchBoxes } from '../branches/search-boxes.js';
import { getProblem, putIncumbent } from '../problem/documents.js';
import type { Incumbent } from '../problem/incumbent.js';
import { betterOf, previousIncumbent } from './previous.js';
import { findKept, isRepeatable, keep } from './kept-results.js';

export interface LeafOptions {
  /**
   * The best network of a lost attempt. It is used under a time limit, and by a solve that is stopped at once. Under a
   * work limit a solve otherwise starts from the beginning, so that it is repeatable.
   */
  readonly checkpoint?: ObjectRef;
  /** Called with every better network, under a time limit only. */
  readonly onCheckpoint?: (network: Network) => void;
  /** The same under any limit: the last one remains if the solve must be killed. */
  readonly onIncumbent?: (network: Network) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly stopped?: () => boolean;
}

/**
 * Reads a leaf's problem and its rows, solves it as MIPs, and writes the certified incumbent to the store. If an
 * earlier run has solved the same problem, its incumbent is checked and taken instead.
 */
export async function solveLeaf(
  store: ObjectStore,
  solver: Solver,
  leaf: ProblemNode,
  options: LeafOptions = {},
): Promise<Solved> {
  const problem = await getProblem(store, leaf.problem);
  const repeatable = isRepeatable(problem, solver);
  const began = performance.now();
  const result = (ref: ObjectRef, { incumbent, accuracy }: LeafResult, reused: boolean): Solved => ({
    name: leaf.name,
    incumbent: ref,
    objective: incumbent.objective,
    bound: incumbent.bound,
    accuracy: accuracy ?? { train: null, validation: null },
    leaves: {
      ...noLeaves,
      [incumbent.status]: 1,
      ...(restsOnSolver(incumbent) ? { bySolver: 1 } : {}),
      ...(reused ? { reused: 1 } : {}),
    },
    seconds: { solver: (performance.now() - began) / 1000, merge: 0 },
    solvers: [solver.name],
    stopped: !reused && (options.stopped?.() ?? false),
  });
  if (problem.columns) options.onProgress?.({ ...nothingYet, step: problem.columns.kind });
  const work = problem.columns
    ? columnsWork(store, solver, { ...problem, columns: problem.columns }, options.stopped)
    : await mipWork(store, solver, problem, options);
  const kept = repeatable ? await findKept(store, leaf.problem, solver) : undefined;
  const known = kept && (await work.recheck(kept.incumbent));
  if (kept && known) return result(kept.ref, known, true);
  const earlier = await previousIncumbent(store, problem);
  // Nothing can be better.
  const proven = earlier?.status === 'optimal' ? await work.recheck(earlier) : undefined;
  if (proven) return result(problem.previous!.incumbent!, proven, true);
  const found = await work.solve();
  const incumbent = betterOf(found.incumbent, earlier)!;
  const ref = await putIncumbent(store, incumbent);
  const solved = result(ref, { ...found, incumbent }, false);
  // A stopped solve is not the result of the problem, and an unresolved one may succeed at another try.
  if (repeatable && !solved.stopped && incumbent.status !== 'unresolved')
    await keep(store, leaf.problem, solver, solved.incumbent!);
  return solved;
}

const nothingYet: SolveProgress = { objective: null, bound: null, nodes: 0, work: 0 };

/** Of columns, the last stage has the bound; otherwise that of the first objective. */
const restsOnSolver = ({ status, stages, columns }: Incumbent): boolean =>
  status === 'optimal' && stages.at(columns ? -1 : 0)?.boundBy === 'branch and cut';

/** One MIP per objective. */
async function mipWork(
  store: ObjectStore,
  solver: Solver,
  problem: TrainingProblem,
  options: LeafOptions,
): Promise<LeafWork> {
  const free = freeNetwork(problem, await readLeafData(store, problem));
  const timed = problem.limits.timeLimit !== undefined;
  return {
    recheck: async (incumbent) => (recheck(free, incumbent) ? { incumbent } : undefined),
    async solve() {
      const hooks: SolveHooks = {
        // A solve that is stopped before it begins returns its start.
        resume:
          (timed || options.stopped?.()) && options.checkpoint
            ? await getDocument<Network>(store, options.checkpoint)
            : undefined,
        onIncumbent: timed ? options.onCheckpoint : options.onIncumbent,
        onProgress: options.onProgress,
        stopped: options.stopped,
      };
      return {
        incumbent: problem.boxes ? searchBoxes(free, problem.boxes, hooks) : await solveProblem(solver, free, hooks),
      };
    },
  };
}
