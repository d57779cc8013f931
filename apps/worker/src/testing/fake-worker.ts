// A worker process whose leaves take a second each and need no solver.
import { createOrchestratorActivities, createSolverActivities, type LeafSolver } from '@mipnet/activities';
import { fakeTraining } from '@mipnet/workflows/testing/fake-training';
import { workerMain } from '../run-worker.js';

const leafMilliseconds = 1000;
const fake = fakeTraining({ parts: { pairs: 6, many: 500 } });

const leaves: LeafSolver = {
  async solve(leaf, { signal, onProgress }) {
    onProgress({ objective: 1, bound: 0, nodes: 1, work: 1 });
    const ended = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), leaf.name.startsWith('many') ? 0 : leafMilliseconds);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
    return { ...(await fake.solve(leaf)), stopped: !ended };
  },
};

await workerMain(process.argv.slice(2), async ({ role }) => ({
  activities: role === 'solver'
    ? createSolverActivities({ leaves })
    : createOrchestratorActivities({
        divideNode: fake.divide,
        mergeNode: (node, state, parts) => fake.merge(node, state, parts.map((part) => part ?? null)),
      }),
  close: async () => undefined,
}));
