import type { ObjectStore } from '@mipnet/object-store';
import { sumOfParts, type Merged, type ProblemNode, type RoundState, type Solved } from '@mipnet/recursion';
import { getIncumbent, getProblem, putIncumbent, putNode } from '../problem/documents.js';
import { accuracyOn } from '../rows/accuracy.js';
import { splitOf } from '../splits/registry.js';
import type { Part } from '../splits/split.js';
import { notWorse, previousParts, previousRound, withPrevious } from './previous.js';
import { putTrace } from './trace.js';

/**
 * Divides a node by its outermost split; the parts' problems are in the store when this returns.
 * @param threads how many it may use to run frozen layers over the data
 */
export async function divideNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
  threads?: number,
): Promise<readonly ProblemNode[]> {
  const stated = await getProblem(store, node.problem);
  // A part is not the same problem as its parent, with one exception: it has an earlier result of its own, or none.
  const { previous: _, ...problem } = stated;
  const [spec] = problem.splits;
  const split = splitOf(spec);
  const earlier = split.independentParts ? await previousParts(store, stated) : undefined;
  const ofWhole = split.beginsWithWhole && state.round === 0 ? stated.previous : undefined;
  const current = state.current?.incumbent && (await getIncumbent(store, state.current.incumbent));
  const parts: ProblemNode[] = [];
  const problems = await split.divide({ problem, spec, state, current, store, threads });
  const roundName = split.roundName?.({ problem, spec, state }, problems);
  for (const part of problems) {
    parts.push(await putNode(store, await withPrevious(store, part, ofWhole ?? earlier?.get(part.name) ?? {})));
  }
  const [first, ...others] = parts;
  if (first === undefined || roundName === undefined) return parts;
  // The only part of a round is what the round is.
  return [{ ...first, ...(others.length === 0 ? { title: roundName.name } : {}), roundName }, ...others];
}

/** Merges the incumbents of a round's parts into one of the node. Parts without a result are left out. */
export async function mergeNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
  parts: readonly (Solved | undefined)[],
): Promise<Merged> {
  const began = performance.now();
  const problem = await getProblem(store, node.problem);
  const [spec] = problem.splits;
  const current = state.current?.incumbent && (await getIncumbent(store, state.current.incumbent));
  const split = splitOf(spec);
  // A part without a result keeps the one of the run that this run continues.
  const before = split.independentParts ? (await previousRound(store, problem))?.parts : undefined;
  const read = await Promise.all(
    parts.map((solved, index) => readPart(store, solved?.incumbent ? solved : (before?.[index] ?? undefined))),
  );
  const round = await split.merge({ problem, spec, state, current, store }, read);
  const { again } = round;
  const merged = again || split.independentParts ? round.incumbent : await notWorse(store, problem, round.incumbent);
  // The accuracy of a network that the split did not make must still be measured.
  const known = merged?.network === round.incumbent?.network ? round.accuracy : undefined;
  const incumbent = merged ? await putIncumbent(store, merged) : undefined;
  const accuracy =
    known ?? (merged ? await accuracyOn(store, problem, merged.network) : { train: null, validation: null });
  const covers = merged?.covers;
  // What covers nothing has no value yet.
  const objective = merged && covers?.parts !== 0 ? merged.objective : null;
  const bound = merged && !covers ? merged.bound : null;
  const solved: Solved = {
    name: node.name,
    incumbent,
    trace: await putTrace(store, {
      round: state.round,
      objective,
      covers,
      bound,
      accuracy,
      parts: parts.map((part, index) => (part?.incumbent ? part : (before?.[index] ?? part ?? null))),
      before: state.current?.trace,
    }),
    objective,
    ...(covers ? { covers } : {}),
    bound,
    accuracy,
    ...sumOfParts(state.current, parts, (performance.now() - began) / 1000),
    stopped: false,
  };
  return { solved, again };
}

async function readPart(store: ObjectStore, solved: Solved | undefined): Promise<Part | undefined> {
  return solved?.incumbent ? { solved, incumbent: await getIncumbent(store, solved.incumbent) } : undefined;
}
