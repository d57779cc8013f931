import { createOrchestratorActivities, createSolverActivities, kindOf, LeafSlots, openAnyStore, openCachedStore } from '@mipnet/activities';
import type { ObjectStore } from '@mipnet/object-store';
import type { WorkerProcessOptions } from './options.js';
import type { RoleActivities } from './run-worker.js';
import { WorkerError } from './worker-error.js';

/** Megabytes of verified objects that an orchestrator keeps: merges read the same data again and again. */
const cacheMegabytes = 64;

/** The activities of a role on the object store of the options. */
export async function createRoleActivities({ role, slots, memory, store: url }: WorkerProcessOptions): Promise<RoleActivities> {
  if (role === 'solver') {
    const store = await openAnyStore(url);
    await checkStore(store);
    const leaves = new LeafSlots(store, slots, memory);
    return { activities: createSolverActivities({ leaves }), close: () => leaves.close() };
  }
  const store = await openCachedStore(url, cacheMegabytes);
  await checkStore(store);
  const activities = createOrchestratorActivities({
    divideNode: (node, state) => kindOf(node).divideNode(store, node, state),
    mergeNode: (node, state, parts) => kindOf(node).mergeNode(store, node, state, parts),
  });
  return { activities, close: async () => undefined };
}

/**
 * A worker whose credentials or bucket are wrong must not take work that others could do. A store that only does not
 * answer may come up later: then the work is tried again.
 * @throws WorkerError 'bad-input'
 */
async function checkStore(store: ObjectStore): Promise<void> {
  try {
    await store.has('worker-check');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'refused') return;
    throw new WorkerError('bad-input', `this worker may not use the object store: ${(error as Error).message}`, { cause: error });
  }
}
