import { createOrchestratorActivities, createSolverActivities, LeafSlots, openAnyStore, openCachedStore } from '@mipnet/activities';
import { divideNode, mergeNode } from '@mipnet/training';
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
    divideNode: (node, state) => divideNode(store, node, state),
    mergeNode: (node, state, parts) => mergeNode(store, node, state, parts),
  });
  return { activities, close: async () => undefined };
}
