// A worker process whose leaves need no solver. A leaf takes a second; with FAKE_LEAF_GATE set it ends when that file
// exists, so that a test decides when leaves end.
import { existsSync } from 'node:fs';
import { createOrchestratorActivities, createSolverActivities, StoreGuard, type LeafSolver } from '@mipnet/activities';
import { MemoryStore } from '@mipnet/object-store';
import { fakeTraining } from '@mipnet/workflows/testing/fake-training';
import { workerMain } from '../run-worker.js';

const leafMilliseconds = 1000;
const gate = process.env.FAKE_LEAF_GATE;
const gateMilliseconds = 50;
const guard = new StoreGuard(new MemoryStore());
const fake = fakeTraining({ parts: { pairs: 6, many: 500 } });

const leaves: LeafSolver = {
  async solve(leaf, { signal, onProgress }) {
    onProgress({ objective: 1, bound: 0, nodes: 1, work: 1 });
    const ended = await new Promise<boolean>((resolve) => {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        if (gate === undefined || existsSync(gate)) resolve(true);
        else timer = setTimeout(wait, gateMilliseconds);
      };
      timer = setTimeout(
        wait,
        leaf.name.startsWith('many') ? 0 : gate === undefined ? leafMilliseconds : gateMilliseconds,
      );
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
    return { ...(await fake.solve(leaf)), stopped: !ended };
  },
};

await workerMain(process.argv.slice(2), async ({ role }) => ({
  activities:
    role === 'solver'
      ? createSolverActivities({ leaves, guard })
      : createOrchestratorActivities({
          divideNode: (node, state) => fake.divide(node, state),
          mergeNode: (node, state, parts) =>
            fake.merge(
              node,
              state,
              parts.map((part) => part ?? null),
            ),
          guard,
        }),
  close: async () => undefined,
}));
