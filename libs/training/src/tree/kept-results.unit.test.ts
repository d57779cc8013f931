import { drawDigits } from '@mipnet/dataset';
import { getSealed, MemoryStore, putSealed, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { openSolver, type Solver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Incumbent } from '../problem/incumbent.js';
import { parsePlan } from '../plan/parse-plan.js';
import { prepareRun } from '../plan/prepare-run.js';
import { divideNode } from './divide-and-merge.js';
import { getIncumbent, putIncumbent } from '../problem/documents.js';
import { keyOfResult, solverVersion } from './kept-results.js';
import { solveLeaf } from './solve-leaf.js';

const digits = drawDigits({ trainPerClass: 6, testPerClass: 1 });

/** Counts what is really solved. */
let solver: Solver;
let solves = 0;
beforeAll(async () => {
  const highs = await openSolver();
  // Every MIP begins with a relaxation, which is solved in this thread.
  const sessions = await highs.sessions!();
  const counted: Pick<SessionSolver, 'solve'> = {
    solve: (...args) => {
      solves++;
      return sessions.solve(...args);
    },
  };
  solver = { ...highs, sessions: async () => Object.assign(Object.create(sessions) as SessionSolver, counted) };
});

const keyOf = (problem: ObjectRef): string => keyOfResult(problem, solverVersion(solver));

const plan = (...settings: string[]) =>
  parsePlan(
    `
name: reuse
dataset: {name: digits, perClass: 4, validationPerClass: 2}
network: [{dense: 1, weights: ternary, activation: sign}]
splits: [pairs]
objectives: [{fit: {margin: 4, sparsity: 0.1}}]
solver: {workLimit: 5}
`,
    'reuse.yaml',
    settings,
  );

/** The first leaf of a plan, in a store: zeros and ones. */
async function leafIn(store: ObjectStore, ...settings: string[]): Promise<ProblemNode> {
  const { node } = await prepareRun(plan(...settings), digits, store);
  return (await divideNode(store, node, { round: 0 }))[0];
}

/** A store in which one leaf has been solved; tests work on copies. */
let solvedOnce: { store: MemoryStore; leaf: ProblemNode; first: Solved };
beforeAll(async () => {
  const store = new MemoryStore();
  const leaf = await leafIn(store);
  solvedOnce = { store, leaf, first: await solveLeaf(store, solver, leaf) };
});

async function solveAgain(
  change: (store: MemoryStore, leaf: ProblemNode, incumbent: ObjectRef) => Promise<void> = async () => undefined,
) {
  const { leaf, first } = solvedOnce;
  const store = new MemoryStore();
  for await (const key of solvedOnce.store.list('')) await store.write(key, await solvedOnce.store.read(key));
  await change(store, leaf, first.incumbent!);
  const before = solves;
  const second = await solveLeaf(store, solver, leaf);
  return { store, first, second, solvedAgain: solves > before };
}

describe('a leaf that an earlier run has solved', () => {
  test('is taken from there, counted, and is the same to the byte', async () => {
    const { first, second, solvedAgain } = await solveAgain();
    expect(solvedAgain).toBe(false);
    expect(first.leaves.reused).toBeUndefined();
    expect(second).toMatchObject({
      incumbent: first.incumbent,
      objective: first.objective,
      bound: first.bound,
      stopped: false,
      leaves: { ...first.leaves, reused: 1 },
    });
  });

  test.each([
    ['another work limit', 'solver.workLimit=6'],
    ['another seed', 'seed=1'],
    ['another margin', 'objectives.0.fit.margin=8'],
  ])('%s is another leaf', async (_, setting) => {
    const leaf = await leafIn(new MemoryStore(), setting);
    expect(keyOf(leaf.problem)).not.toBe(keyOf(solvedOnce.leaf.problem));
  });

  test.each([
    ['a time limit', ['solver={timeLimit: 1}']],
    ['solver.reuse=false', ['solver.reuse=false']],
  ])('is neither kept nor taken under %s', async (_, settings) => {
    const store = new MemoryStore();
    const leaf = await leafIn(store, ...settings);
    await solveLeaf(store, solver, leaf);
    expect(await store.has(keyOf(leaf.problem))).toBe(false);
    await store.write(keyOf(leaf.problem), await solvedOnce.store.read(keyOf(solvedOnce.leaf.problem)));
    const before = solves;
    await solveLeaf(store, solver, leaf);
    expect(solves).toBeGreaterThan(before);
  });

  test('is not taken by another version of the solver, which keeps a result of its own', async () => {
    const { leaf } = solvedOnce;
    const store = new MemoryStore();
    for await (const key of solvedOnce.store.list('')) await store.write(key, await solvedOnce.store.read(key));
    const newer: Solver = { ...solver, name: `${solver.name} next` };
    const before = solves;
    expect((await solveLeaf(store, newer, leaf)).leaves.reused).toBeUndefined();
    expect(solves).toBeGreaterThan(before);
    expect((await solveLeaf(store, newer, leaf)).leaves.reused).toBe(1);
    expect((await solveLeaf(store, solver, leaf)).leaves.reused).toBe(1);
  });

  test.each<[string, Partial<Solver['capabilities']>]>([
    ['has no limit that stops at the same point', { work: null }],
    ['does not repeat itself', { deterministic: false }],
  ])('is neither kept nor taken with a solver that %s', async (_, lacks) => {
    const store = new MemoryStore();
    const leaf = await leafIn(store);
    const other: Solver = { ...solver, capabilities: { ...solver.capabilities, ...lacks } };
    await solveLeaf(store, other, leaf);
    expect(await store.has(keyOf(leaf.problem))).toBe(false);
    await solveLeaf(store, solver, leaf);
    expect(await store.has(keyOf(leaf.problem))).toBe(true);
    expect((await solveLeaf(store, other, leaf)).leaves.reused).toBeUndefined();
    expect((await solveLeaf(store, solver, leaf)).leaves.reused).toBe(1);
  });

  test('is not kept when a stop cut it short', async () => {
    const store = new MemoryStore();
    const leaf = await leafIn(store);
    expect((await solveLeaf(store, solver, leaf, { stopped: () => true })).stopped).toBe(true);
    expect(await store.has(keyOf(leaf.problem))).toBe(false);
  });
});

describe('an entry that cannot be believed is not: the leaf is solved, with the same result', () => {
  type Change = (store: MemoryStore, leaf: ProblemNode, incumbent: ObjectRef) => Promise<void>;
  const flip = async (store: MemoryStore, key: string): Promise<void> => {
    const bytes = await store.read(key);
    bytes[bytes.length >> 1] ^= 4;
    await store.write(key, bytes);
  };
  /** An incumbent that somebody made up, sealed like a real one. */
  const forge =
    (change: (incumbent: Incumbent) => Incumbent): Change =>
    async (store, leaf, ref) => {
      const incumbent = await putIncumbent(store, change(await getIncumbent(store, ref)));
      await putSealed(store, keyOf(leaf.problem), {
        ...(await getSealed<object>(store, keyOf(leaf.problem))),
        incumbent,
      });
    };
  const withWeights =
    (change: (weights: Float64Array) => Float64Array) =>
    (incumbent: Incumbent): Incumbent => ({
      ...incumbent,
      network: {
        ...incumbent.network,
        layers: incumbent.network.layers.map((layer) =>
          layer.kind === 'dense' ? { ...layer, weights: change(layer.weights) } : layer,
        ),
      },
    });

  test.each<[string, Change]>([
    ['a flipped bit in the entry', (store, leaf) => flip(store, keyOf(leaf.problem))],
    [
      'an entry that was cut off',
      async (store, leaf) => store.write(keyOf(leaf.problem), (await store.read(keyOf(leaf.problem))).slice(0, 50)),
    ],
    ['an entry of other bytes', (store, leaf) => store.write(keyOf(leaf.problem), Buffer.from('hello'))],
    ['a flipped bit in the incumbent', (store, _, ref) => flip(store, ref.key)],
    ['an incumbent that is gone', (store, _, ref) => store.remove(ref.key)],
    [
      'the entry of another leaf',
      async (store, leaf) => {
        const other = await leafIn(store, 'seed=7');
        await solveLeaf(store, solver, other);
        await store.write(keyOf(leaf.problem), await store.read(keyOf(other.problem)));
      },
    ],
    [
      'an entry of another solver',
      async (store, leaf) => {
        const kept = await getSealed<object>(store, keyOf(leaf.problem));
        await putSealed(store, keyOf(leaf.problem), { ...kept, solver: 'older' });
      },
    ],
    [
      'a better value than the network has',
      forge((incumbent) => ({ ...incumbent, objective: incumbent.objective - 1 })),
    ],
    ['a bound above the value', forge((incumbent) => ({ ...incumbent, bound: incumbent.objective + 1 }))],
    ['other weights', forge(withWeights((weights) => weights.map((weight) => -weight)))],
    ['weights outside the domain', forge(withWeights((weights) => weights.map((weight) => weight * 2)))],
    ['weights of another shape', forge(withWeights((weights) => weights.slice(1)))],
    [
      'another frozen layer',
      forge((incumbent) => ({
        ...incumbent,
        network: {
          ...incumbent.network,
          layers: incumbent.network.layers.map((layer) =>
            layer.kind === 'activation' ? { kind: 'activation', activation: 'relu' } : layer,
          ),
        },
      })),
    ],
  ])('%s', async (_, change) => {
    const { store, first, second, solvedAgain } = await solveAgain(change);
    expect(solvedAgain).toBe(true);
    expect(second).toMatchObject({ incumbent: first.incumbent, objective: first.objective, bound: first.bound });
    expect(second.leaves.reused).toBeUndefined();
    expect((await getIncumbent(store, second.incumbent!)).objective).toBe(first.objective);
  });
});
