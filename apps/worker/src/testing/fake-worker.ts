// A worker process whose leaves need no solver. A leaf takes a second, one of the split `many` none.
// With FAKE_LEAF_GATE a leaf ends when that file exists; with FAKE_GATED_PLACE only the leaf at that place
// of a bundle waits for it.
import { existsSync } from 'node:fs';
import { Context } from '@temporalio/activity';
import { createOrchestratorActivities, createSolverActivities, StoreGuard, type LeafSolver } from '@mipnet/activities';
import { openStore } from '@mipnet/object-store';
import { fakeTraining } from '@mipnet/workflows/testing/fake-training';
import { workerMain } from '../run-worker.js';

const leafMilliseconds = 1000;
const { FAKE_LEAF_GATE: gate, FAKE_GATED_PLACE: gatedPlace } = process.env;
const gateMilliseconds = 50;
const fake = fakeTraining({ parts: { pairs: 6, many: 500 } });

/** How many leaves each bundle has begun, by the name of its activity. */
const begunOfBundles = new Map<string, number>();

/** Whether this leaf, which begins now, waits for the gate. */
function waitsForGate(): boolean {
  if (gate === undefined || gatedPlace === undefined) return gate !== undefined;
  const { activityType, activityId } = Context.current().info;
  if (activityType !== 'solveBundle') return false;
  const place = begunOfBundles.get(activityId) ?? 0;
  begunOfBundles.set(activityId, place + 1);
  return place === Number(gatedPlace);
}

const leaves: LeafSolver = {
  async solve(leaf, { signal, onProgress }) {
    const waits = waitsForGate();
    onProgress({ name: leaf.name, objective: 1, bound: 0, nodes: 1, work: 1, startedAt: Date.now() });
    const ended = await new Promise<boolean>((resolve) => {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        if (!waits || existsSync(gate!)) resolve(true);
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

await workerMain(process.argv.slice(2), async ({ role, store: url }) => {
  const store = await openStore(url);
  const guard = new StoreGuard(store);
  return {
    activities:
      role === 'solver'
        ? createSolverActivities({ leaves, store, guard })
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
  };
});
