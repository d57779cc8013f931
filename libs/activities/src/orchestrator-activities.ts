import type { Merged, ProblemNode, RoundState, Solved } from '@mipnet/recursion';
import type { OrchestratorActivities } from '@mipnet/workflows';
import { toActivityFailure } from './activity-failure.js';
import { withHeartbeats } from './heartbeats.js';

/** The pure work of a round, on references to objects in a store. */
export interface OrchestratorDependencies {
  divideNode(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]>;
  mergeNode(node: ProblemNode, state: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged>;
}

/** `divide` and `merge` for the workflow. Both are pure: a retry writes the same objects again. */
export function createOrchestratorActivities(dependencies: OrchestratorDependencies): OrchestratorActivities {
  const run = <T>(body: () => Promise<T>): Promise<T> =>
    withHeartbeats(() => undefined, body).catch((error: unknown) => {
      throw toActivityFailure(error);
    });
  return {
    divide: (node, state) => run(() => dependencies.divideNode(node, state)),
    merge: (node, state, parts) => run(() => dependencies.mergeNode(node, state, parts.map((part) => part ?? undefined))),
  };
}
