import { createOrchestratorActivities, createSolverActivities, kindOf, LeafSlots, openAnyStore, openCachedStore } from '@mipnet/activities';
import type { WorkerProcessOptions } from './options.js';
import type { RoleActivities } from './run-worker.js';

/** Megabytes of verified objects that an orchestrator keeps: merges read the same data again and again. */
const cacheMegabytes = 64;

/** The activities of a role on the object store of the options. */
export async function createRoleActivities({ role, slots, store: url }: WorkerProcessOptions): Promise<RoleActivities> {
  if (role === 'solver') {
    const leaves = new LeafSlots(await openAnyStore(url), slots);
    return { activities: createSolverActivities({ leaves }), close: () => leaves.close() };
  }
  const store = await openCachedStore(url, cacheMegabytes);
  const activities = createOrchestratorActivities({
    divideNode: (node, state) => kindOf(node).divideNode(store, node, state),
    mergeNode: (node, state, parts) => kindOf(node).mergeNode(store, node, state, parts),
  });
  return { activities, close: async () => undefined };
}
