import { drawDigits, type LoadedDataset } from '@mipnet/dataset';
import { networkDomain } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { solveTree, type Driver, type Solved } from '@mipnet/recursion';
import { openSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { prepareRun } from '../plan/prepare-run.js';
import { divideNode, mergeNode } from './divide-and-merge.js';
import { getIncumbent } from '../problem/documents.js';
import { solveLeaf } from './solve-leaf.js';
import { readTraces } from './trace.js';

let solver: Solver;
beforeAll(async () => void (solver = await openSolver()));

/** Three kinds of drawn digits, few of each. */
function threeDigits(): LoadedDataset {
  const all = drawDigits({ trainPerClass: 10, testPerClass: 1 });
  const keep = [...all.train.labels.keys()].filter((row) => all.train.labels[row] < 3);
  const features = new Uint8Array(keep.length * all.train.size);
  keep.forEach((row, at) =>
    features.set(all.train.features.subarray(row * all.train.size, (row + 1) * all.train.size), at * all.train.size),
  );
  const classes = ['0', '1', '2'];
  const part = {
    ...all.train,
    classes,
    count: keep.length,
    features,
    labels: Int32Array.from(keep, (row) => all.train.labels[row]),
  };
  return { ...all, classes, train: part, test: null };
}

const plan = (settings: readonly string[] = []) =>
  parsePlan(
    `
name: three
dataset: {name: digits, perClass: 6, validationPerClass: 4}
network: [{dense: 1, weights: ternary, activation: sign}]
splits: [pairs]
objectives: [{fit: {margin: 4, sparsity: 0.1}}]
solver: {workLimit: 60}
`,
    'three.yaml',
    settings,
  );

function driverOf(store: MemoryStore, window: number): Driver {
  const driver: Driver = {
    window,
    divide: (node, state) => divideNode(store, node, state),
    merge: (node, state, parts) => mergeNode(store, node, state, parts),
    solve: (leaf) => solveLeaf(store, solver, leaf),
    recurse: (node) => solveTree(driver, node),
    stopped: () => false,
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: () => undefined,
  };
  return driver;
}

async function run(window: number, settings?: readonly string[]): Promise<{ store: MemoryStore; solved: Solved }> {
  const store = new MemoryStore();
  const { node } = await prepareRun(plan(settings), threeDigits(), store);
  return { store, solved: await solveTree(driverOf(store, window), node) };
}

/** Of the plan as it stands, one part after the other. */
let one: ReturnType<typeof run> | undefined;
const inOrder = (): ReturnType<typeof run> => (one ??= run(1));

describe('a run on digits, from plan to network', () => {
  test('prepare, divide, solve and merge give a network that tells the digits apart', async () => {
    const { store, solved } = await inOrder();
    expect(solved.leaves.failed).toBe(0);
    expect(solved.leaves.unresolved).toBe(0);
    expect(solved.bound).toBeLessThanOrEqual(solved.objective!);
    expect(solved.accuracy.train).toBe(1);
    expect(solved.accuracy.validation).toBeGreaterThan(0.6);
    const { network, objective } = await getIncumbent(store, solved.incumbent!);
    expect(objective).toBe(solved.objective);
    expect(networkDomain(network)).toBe('ternary');
    const [round, ...others] = await readTraces(store, solved);
    expect(others).toEqual([]);
    expect(round.parts.map((part) => part!.name)).toEqual(['pair 0v1', 'pair 0v2', 'pair 1v2']);
    expect(round.parts.reduce((sum, part) => sum + part!.objective!, 0)).toBeCloseTo(objective, 9);
  });

  test('gives the same bytes again, whatever the window; another seed gives others', async () => {
    const runs = await Promise.all([inOrder(), run(3)]);
    const hashes = runs.map(({ solved }) => solved.incumbent!.sha256);
    expect(new Set(hashes).size).toBe(1);
    expect((await run(2, ['dataset.seed=5'])).solved.incumbent!.sha256).not.toBe(hashes[0]);
  });
});

describe('prepareRun refuses what cannot be run, before anything is stored', () => {
  test.each([
    ['more rows than a class has', ['dataset.perClass=11'], undefined, 'bad-input', /11 rows of class '0'/],
    ['an index out of range', [], '[0, 30]', 'bad-input', /entry 1 is 30, out of range/],
    ['an index twice', [], '[4, 4]', 'bad-input', /4 is there twice/],
    ['indices that are not JSON', [], '4 5', 'bad-input', /this is not JSON/],
    [
      'pairs without a vote at the end',
      ['network.0.activation=none'],
      undefined,
      'problem',
      /one neuron with activation sign/,
    ],
    ['pairs of two neurons', ['network.0.dense=2'], undefined, 'problem', /one neuron with activation sign/],
    ['a first objective that is no fit', ['objectives=[sparsity]'], undefined, 'plan', /the first objective is fit/],
    [
      'three classes on one output',
      ['splits=[]'],
      undefined,
      'problem',
      /1 outputs for 3 classes; give it 3, or split by pairs. The classes are 0, 1, 2/,
    ],
  ] as const)('%s', async (_, settings, indices, code, message) => {
    const store = new MemoryStore();
    const failed = prepareRun(plan(settings), threeDigits(), store, indices);
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    const keys: string[] = [];
    for await (const key of store.list('')) keys.push(key);
    expect(keys).toEqual([]);
  });

  test('shifts of a table', async () => {
    const table = { ...threeDigits(), inputShape: [784] };
    await expect(prepareRun(plan(['dataset.shifts=4']), table, new MemoryStore())).rejects.toMatchObject({
      code: 'plan',
      message: expect.stringMatching(
        /dataset\.shifts: 4 is for images, and a row of .* has 784 features; set dataset\.shifts=0/,
      ),
    });
  });
});
