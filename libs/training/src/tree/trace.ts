import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { Accuracy, Covers, Solved } from '@mipnet/recursion';

/**
 * The results of one round of a node. The root's last trace leads to everything that a run solved: to the rounds before
 * it, and through `Solved.trace` of its parts to the levels below. A trace holds times; so two runs of the same problem
 * have the same incumbents and different traces.
 */
export interface RoundTrace {
  /** Counts from 0. */
  readonly round: number;
  /** Of the node, after the round. */
  readonly objective: number | null;
  /** What the objective covers, if it is not the whole node. */
  readonly covers?: Covers;
  readonly bound: number | null;
  readonly accuracy: Accuracy;
  /** In the order of division; null for a part that did not begin because of a stop. */
  readonly parts: readonly (Solved | null)[];
  /** The round before. */
  readonly before?: ObjectRef;
}

export const putTrace = (store: ObjectStore, trace: RoundTrace): Promise<ObjectRef> =>
  putDocument(store, 'traces', trace);

/** The rounds of a node, first one first; none for a leaf. */
export async function readTraces(
  store: ObjectStore,
  { trace: last }: Pick<Solved, 'trace'>,
): Promise<readonly RoundTrace[]> {
  const traces: RoundTrace[] = [];
  for (let next = last; next;) {
    const trace: RoundTrace = await getDocument<RoundTrace>(store, next);
    traces.push(trace);
    next = trace.before;
  }
  return traces.reverse();
}
