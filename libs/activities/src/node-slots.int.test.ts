import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, RoundState, Solved } from '@mipnet/recursion';
import { hasDebianProgram } from '@mipnet/solver/testing/installed-solvers';
import { divideNode, getIncumbent, mergeNode, parsePlan, prepareRun } from '@mipnet/training';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Threads run compiled code.
const { mergeInSlots, NodeSlots, openAnyStore } = (await import(
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
async function longLeaf(weights: string, solver = '{}', perClass = 20): Promise<ProblemNode> {
  const plan = parsePlan(
    `
name: long
dataset: {name: digits, perClass: ${perClass}, validationPerClass: 0}
network: [{dense: 10, weights: ${weights}}]
${perClass < 20 ? 'objectives: [{fit: {margin: 16, sparsity: 1}}]\n' : ''}solver: ${solver}
`,
    'test',
  );
  return (await prepareRun(plan, await loadDataset({ name: 'digits' }), store)).node;
}

test.each(['ternary', 'binary'])(
  'a solve whose thread does not listen to a stop leaves its incumbent: %s weights',
  async (weights) => {
    // Without any patience every solve is one that does not listen.
    const slots = new NodeSlots(store, 1, { patience: { stop: 0, handBack: 100 } });
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

test('a thread that is prepared for one kind solves it, and any other kind, too', async () => {
  for (const kind of ['verify', 'train', 'no such kind']) {
    const slots = new NodeSlots(store, 1);
    slots.prepare({ kind });
    slots.prepare({ kind, about: { key: 'networks/none', sha256: '0'.repeat(64), bytes: 1 } });
    try {
      const leaf = await longLeaf('ternary', '{workLimit: 0}', 1);
      const solved = await slots.solve(leaf, { onProgress: () => undefined, signal: new AbortController().signal });
      expect(solved).toMatchObject({ name: 'long', stopped: false, incumbent: expect.anything() });
    } finally {
      await slots.close();
    }
  }
});

test('a merge that reads the training rows runs in a slot, and gives what it gives here', async () => {
  const slots = new NodeSlots(store, 1);
  try {
    const pairs =
      'name: pairs\ndataset: {name: digits, perClass: 2}\nnetwork: [{dense: 1, activation: sign}]\nsplits: [pairs]\n';
    const plan = parsePlan(pairs, 'test');
    const { node } = await prepareRun(plan, await loadDataset({ name: 'digits' }), store);
    const begin: RoundState = { round: 0, current: undefined };
    const [part, ...others] = await divideNode(store, node, begin);
    const solved = await slots.solve(part, { onProgress: () => undefined, signal: new AbortController().signal });
    const parts = [solved, ...others.map(() => undefined)];
    const merged = await mergeInSlots(store, slots)(node, begin, parts);
    const here = await mergeNode(store, node, begin, parts);
    const withoutTime = ({ seconds: _, ...rest }: Solved): Partial<Solved> => rest;
    expect(withoutTime(merged.solved)).toEqual(withoutTime(here.solved));
    await slots.close();
    await expect(mergeInSlots(store, slots)(node, begin, parts)).rejects.toMatchObject({ code: 'closed' });
  } finally {
    await slots.close();
  }
});

/** Solves by CBC that this process has begun: neither one that is asked for its version, nor what is left of one. */
const childrenOf = (): string[] =>
  execFileSync('ps', ['-eo', 'ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => Number(line.trim().split(' ', 1)[0]) === process.pid && line.includes('-solve'));

test.skipIf(!hasDebianProgram('cbc', 'coinor-cbc')).each([
  ['hands back its incumbent', 8],
  ['is ended with its thread if it does not listen', 0],
])('a solve in a process of its own %s', async (_, stop) => {
  const slots = new NodeSlots(store, 1, { patience: { stop, handBack: 100 } });
  try {
    const asked = new AbortController();
    const leaf = await longLeaf('ternary', '{backend: cbc}', 2);
    expect(leaf.solver).toBe('cbc');
    const solving = slots.solve(leaf, { onProgress: () => undefined, signal: asked.signal });
    while (childrenOf().length === 0) await pause(50);
    asked.abort();
    expect(await solving).toMatchObject({
      stopped: true,
      incumbent: expect.anything(),
      solvers: [expect.stringMatching(/^CBC /)],
    });
  } finally {
    await slots.close();
  }
  while (childrenOf().length > 0) await pause(50);
});

test('a solver that is not here fails its leaf with what installs it, and the slot goes on', async () => {
  const slots = new NodeSlots(store, 1, { solvers: ['cbc:/nowhere/cbc'] });
  try {
    const solve = async (solver: string): Promise<unknown> =>
      slots.solve(await longLeaf('ternary', solver, 2), {
        onProgress: () => undefined,
        signal: AbortSignal.timeout(1000),
      });
    await expect(solve('{backend: cbc}')).rejects.toMatchObject({
      code: 'missing',
      blame: 'input',
      message: expect.stringContaining('apt-get install coinor-cbc'),
    });
    expect(await solve('{timeLimit: 1}')).toMatchObject({ incumbent: expect.anything() });
  } finally {
    await slots.close();
  }
});
