import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { getIncumbent, parsePlan, prepareRun } from '@mipnet/training';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Threads run compiled code.
const { LeafSlots, openAnyStore } = (await import(
  new URL('../dist/index.js', import.meta.url).href
)) as typeof import('./index.js');

let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-leaves-'));
  store = await openAnyStore(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** One MIP over all classes, without a limit: it takes hours. */
async function longLeaf(weights: string): Promise<ProblemNode> {
  const plan = parsePlan(
    `
name: long
dataset: {name: digits, perClass: 20, validationPerClass: 0}
network: [{dense: 10, weights: ${weights}}]
`,
    'test',
  );
  return (await prepareRun(plan, await loadDataset({ name: 'digits' }), store)).node;
}

test.each(['ternary', 'binary'])(
  'a solve whose thread does not listen to a stop leaves its incumbent: %s weights',
  async (weights) => {
    // Without any patience every solve is one that does not listen.
    const slots = new LeafSlots(store, 1, undefined, { stop: 0, handBack: 100 });
    try {
      const solved = await slots.solve(await longLeaf(weights), {
        onProgress: () => undefined,
        signal: AbortSignal.timeout(3000),
      });
      expect(solved).toMatchObject({ name: 'long', stopped: true, incumbent: expect.anything() });
      const { network, objective } = await getIncumbent(store, solved.incumbent!);
      const [layer] = network.layers.filter(({ kind }) => kind === 'dense');
      const allowed = weights === 'binary' ? [-1, 1] : [-1, 0, 1];
      expect(layer.kind === 'dense' && layer.weights.every((weight) => allowed.includes(weight))).toBe(true);
      // Ten outputs of which every sample misses nine margins; what a search finds is better.
      expect(objective).toBeLessThan(200 * 9);
      expect(solved.objective).toBe(objective);
    } finally {
      await slots.close();
    }
  },
);
