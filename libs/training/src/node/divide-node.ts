import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, RoundState } from '@mipnet/recursion';
import { splitOf } from '../splits/registry.js';
import { getIncumbent, getProblem, putNode } from './documents.js';

/** Divides a node by its outermost split; the parts' problems are in the store when this returns. */
export async function divideNode(store: ObjectStore, node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]> {
  const problem = await getProblem(store, node.problem);
  const [spec] = problem.splits;
  const current = state.current?.incumbent && (await getIncumbent(store, state.current.incumbent));
  const parts: ProblemNode[] = [];
  for (const part of await splitOf(spec).divide({ problem, spec, state, current, store })) parts.push(await putNode(store, part));
  return parts;
}
