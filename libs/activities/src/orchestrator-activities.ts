import type { ProblemNode, RoundState } from '@mipnet/recursion';
import type { OrchestratorActivities } from '@mipnet/workflows';
import { withHeartbeats } from './heartbeats.js';
import type { MergeNode } from './merge-node.js';
import type { StoreGuard } from './store-guard.js';

/** The pure work of a round, on references to objects in a store. */
export interface OrchestratorDependencies {
  divideNode(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]>;
  readonly mergeNode: MergeNode;
  readonly guard: StoreGuard;
}

/** `divide` and `merge` for the workflow. Both are pure: a retry writes the same objects again. */
export function createOrchestratorActivities({
  divideNode,
  mergeNode,
  guard,
}: OrchestratorDependencies): OrchestratorActivities {
  const nothing = (): undefined => undefined;
  return {
    divide: (node, state, store) => withHeartbeats(nothing, () => guard.run(store, () => divideNode(node, state))),
    merge: (node, state, parts, store) =>
      withHeartbeats(nothing, () =>
        guard.run(store, () =>
          mergeNode(
            node,
            state,
            parts.map((part) => part ?? undefined),
          ),
        ),
      ),
  };
}
