// Tested by ../../cli/src/e2e/verify.e2e.test.ts.
import {
  createOrchestratorActivities,
  createSolverActivities,
  kindOf,
  mergeInSlots,
  NodeSlots,
  openAnyStore,
  openPatientStore,
  StoreGuard,
  workerPatienceSeconds,
} from '@mipnet/activities';
import { ensureStoreId, type ObjectStore } from '@mipnet/object-store';
import { checkSolvers } from '@mipnet/solver';
import type { WorkerProcessOptions } from './options.js';
import type { RoleActivities } from './run-worker.js';
import { WorkerError } from './worker-error.js';

/** Megabytes of verified objects that an orchestrator keeps: merges read the same data again and again. */
const cacheMegabytes = 64;

/**
 * The activities of a role on the object store of the options.
 * @throws WorkerError 'bad-input' for a store or a solver it cannot use
 */
export async function createRoleActivities({
  role,
  slots,
  memory,
  solvers,
  store: url,
}: WorkerProcessOptions): Promise<RoleActivities> {
  if (role === 'solver') await checkHere(solvers);
  const plain = await openAnyStore(url);
  await checkStore(plain);
  const guard = new StoreGuard(plain);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => guard.leave());
  if (role === 'solver') {
    const leaves = new NodeSlots(plain, slots, { memoryMegabytes: memory, solvers });
    return { activities: createSolverActivities({ leaves, store: plain, guard }), close: () => leaves.close() };
  }
  const merges = new NodeSlots(plain, slots, { memoryMegabytes: memory });
  const store = await openPatientStore(url, cacheMegabytes, { seconds: workerPatienceSeconds });
  const activities = createOrchestratorActivities({
    divideNode: async (node, state) => (await kindOf(node)).divideNode(store, node, state, slots),
    mergeNode: mergeInSlots(store, merges),
    guard,
  });
  return { activities, close: () => merges.close() };
}

/** A worker without its solver must not take leaves that others could solve. @throws WorkerError 'bad-input' */
async function checkHere(solvers: readonly string[]): Promise<void> {
  await checkSolvers(solvers).catch((cause: Error) => {
    throw new WorkerError(
      'bad-input',
      `this worker has not the solver it is to use, so it takes no work: ${cause.message}`,
      { cause },
    );
  });
}

/**
 * Reads and writes the marker of the store: a worker without these rights, or whose bucket does not exist, must not
 * take work that others could do. A store that does not answer may recover: then the work is tried again.
 * @throws WorkerError 'bad-input'
 */
async function checkStore(store: ObjectStore): Promise<void> {
  try {
    await ensureStoreId(store);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'unavailable') return;
    throw new WorkerError(
      'bad-input',
      `this worker may not use the object store, so it takes no work: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
