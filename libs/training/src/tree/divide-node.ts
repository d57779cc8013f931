import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, RoundState } from '@mipnet/recursion';
import { splitOf } from '../splits/registry.js';
import { getIncumbent, getProblem, putNode } from '../problem/documents.js';
import { previousParts, withPrevious } from './previous.js';

/** Divides a node by its outermost split; the parts' problems are in the store when this returns. */
export async function divideNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
): Promise<readonly ProblemNode[]> {
  const stated = await getProblem(store, node.problem);
  // A part is another problem than its parent: it has an earlier result of its own, or none.
  const { previous: _, ...problem } = stated;
  const [spec] = problem.splits;
  const split = splitOf(spec);
  const earlier = split.partsStand ? await previousParts(store, stated) : undefined;
  const current = state.current?.incumbent && (await getIncumbent(store, state.current.incumbent));
  const parts: ProblemNode[] = [];
  for (const part of await split.divide({ problem, spec, state, current, store })) {
    parts.push(await putNode(store, await withPrevious(store, part, earlier?.get(part.name) ?? {})));
  }
  return parts;
}
