import { drawDigits, type LoadedDataset } from '@mipnet/dataset';
import { MemoryStore } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import { openSolver, type Solver } from '@mipnet/solver';
import * as training from '@mipnet/training';
import { parsePlan, putNode, readTraces, statedProblem } from '@mipnet/training';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  getCell,
  getResult,
  putCell,
  putSweepNode,
  type SweepProblem,
  type SweepResult,
} from '../problem/sweep-problem.js';
import { divideNode, mergeNode } from './divide-and-merge.js';

let solver: Solver;
beforeAll(async () => void (solver = await openSolver()));

/** Two kinds of drawn digits, 30 of each. */
function twoDigits(): LoadedDataset {
  const all = drawDigits({ trainPerClass: 30, testPerClass: 1 });
  const keep = [...all.train.labels.keys()].filter((row) => [3, 8].includes(all.train.labels[row]));
  const { size } = all.train;
  const features = new Uint8Array(keep.length * size);
  keep.forEach((row, at) => features.set(all.train.features.subarray(row * size, (row + 1) * size), at * size));
  const classes = ['3', '8'];
  const labels = Int32Array.from(keep, (row) => (all.train.labels[row] === 3 ? 0 : 1));
  return { ...all, classes, train: { ...all.train, classes, count: keep.length, features, labels }, test: null };
}

const planOf = (settings: readonly string[]) =>
  parsePlan(
    `
name: two
dataset: {name: digits, validationPerClass: 10}
network: [{averagePool: 4}, {dense: 1, weights: ternary, activation: sign}]
objectives: [{fit: {margin: 4, sparsity: 0.1}}]
solver: {workLimit: 0}
`,
    'two.yaml',
    settings,
  );

const margins = ['1', '2', '4', '8'];
const data = twoDigits();

interface Options extends Partial<Pick<SweepProblem, 'rungs' | 'folds' | 'final' | 'repeats' | 'divisions'>> {
  /** Row choices of all settings. */
  readonly set?: readonly string[];
}

async function prepared(store: MemoryStore, { set = [], ...options }: Options): Promise<ProblemNode> {
  const repeats = options.repeats ?? [
    { name: 'seed=0', values: { seed: '0' }, division: 0 },
    { name: 'seed=1', values: { seed: '1' }, division: 0 },
  ];
  const { dataset } = (await training.prepareRun(planOf([]), data, store)).problem;
  const node = async (settings: readonly string[]) =>
    putNode(store, { ...statedProblem(planOf(settings), data), dataset });
  const cells = [];
  for (const margin of margins)
    cells.push(
      await Promise.all(
        repeats.map(async ({ values }) => {
          const settings = [...set, `objectives.0.fit.margin=${margin}`, `seed=${values.seed}`];
          const final = await node([...settings, 'dataset.validationPerClass=0']);
          const search = options.folds ? final : await node(settings);
          return putCell(store, {
            search: search.problem,
            final: final.problem,
            searchIsFinal: set.length > 0,
            node: { splits: search.splits },
            plan: planOf(settings),
            origin: {},
          });
        }),
      ),
    );
  return putSweepNode(store, {
    name: 'two',
    settings: margins.map((margin) => ({ name: `margin=${margin}`, values: { margin } })),
    divisions: [{ name: '' }],
    folds: 0,
    rungs: { by: 'rows', factor: 2, scales: [0.5, 1] },
    final: true,
    seed: 0,
    ...options,
    repeats,
    cells,
  });
}

interface Hooks {
  readonly window?: number;
  /** Names of parts whose training throws. */
  readonly failing?: (name: string) => boolean;
  readonly stopAfter?: number;
  readonly onPart?: (part: ProblemNode, round: number) => void;
}

function driverOf(store: MemoryStore, { window = 1, failing = () => false, stopAfter, onPart }: Hooks): Driver {
  let solves = 0;
  return {
    window,
    divide: async (node, state) => {
      const parts = await divideNode(store, node, state);
      for (const part of parts) onPart?.(part, state.round);
      return parts;
    },
    merge: (node, state, parts) => mergeNode(store, node, state, parts),
    solve: async (leaf) => {
      solves++;
      if (failing(leaf.name)) throw new Error('the solver is broken');
      return training.solveLeaf(store, solver, leaf);
    },
    recurse: () => Promise.reject(new Error('the parts are leaves')),
    lost: (part, error) => ({
      name: part.name,
      objective: null,
      bound: null,
      accuracy: { train: null, validation: null },
      leaves: { optimal: 0, feasible: 0, unresolved: 0, failed: 1 },
      failures: [{ name: part.name, why: (error as Error).message }],
      seconds: { solver: 0, merge: 0 },
      stopped: false,
    }),
    stopped: () => stopAfter !== undefined && solves >= stopAfter,
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: () => undefined,
  };
}

interface Swept {
  readonly store: MemoryStore;
  readonly solved: Solved;
  readonly result: SweepResult;
  readonly parts: readonly { readonly part: ProblemNode; readonly round: number }[];
}

async function sweep(options: Options = {}, hooks: Hooks = {}): Promise<Swept> {
  const store = new MemoryStore();
  const node = await prepared(store, options);
  const parts: { part: ProblemNode; round: number }[] = [];
  const driver = driverOf(store, { ...hooks, onPart: (part, round) => void parts.push({ part, round }) });
  const solved = await solveTree(driver, node);
  return { store, solved, parts, result: await getResult(store, solved.incumbent!) };
}

const namesOf = ({ parts }: Swept, round: number): string[] =>
  parts.filter((each) => each.round === round).map(({ part }) => part.name);

describe('a sweep', () => {
  test('halves the settings by validation rows, and trains the best one on all rows at the end', async () => {
    const swept = await sweep();
    const { result, solved, store } = swept;
    expect(namesOf(swept, 0)).toHaveLength(8);
    expect(namesOf(swept, 0)[1]).toBe('margin=1, seed=1');
    // Half of the settings continue, in the order of the sweep.
    const kept = result.rungs[0].kept[0];
    expect(kept).toHaveLength(2);
    expect(namesOf(swept, 1)).toEqual(
      [...kept].sort().flatMap((setting) => [0, 1].map((seed) => `margin=${margins[setting]}, seed=${seed}`)),
    );
    const [best] = result.chosen;
    expect(namesOf(swept, 2)).toEqual([0, 1].map((seed) => `margin=${margins[best!]}, seed=${seed}`));
    const means = [0, 1].map(
      (at) => result.rungs[1].runs.slice(2 * at, 2 * at + 2).reduce((sum, { validation }) => sum + validation!, 0) / 2,
    );
    expect(means[[...kept].sort().indexOf(best!)]).toBe(Math.max(...means));
    expect(result.finals).toHaveLength(2);
    // On all 60 rows, against 20 in the first rung and 40 in the second.
    const rowsOf = async (round: number): Promise<number[]> => {
      const problems = swept.parts.filter((each) => each.round === round).map(({ part }) => part.problem);
      return Promise.all(problems.map(async (ref) => (await training.getProblem(store, ref)).view.rows.length));
    };
    expect(await rowsOf(0)).toEqual(Array.from({ length: 8 }, () => 20));
    expect(await rowsOf(1)).toEqual([40, 40, 40, 40]);
    expect(await rowsOf(2)).toEqual([60, 60]);
    expect(solved.leaves.optimal + solved.leaves.feasible).toBe(14);
    const traces = await readTraces(store, solved);
    expect(traces.map(({ parts }) => parts.length)).toEqual([8, 4, 2]);
    expect(result.finals.map(({ incumbent }) => incumbent)).toEqual(traces[2].parts.map((part) => part!.incumbent));
  });

  test('gives the same bytes whatever the window', async () => {
    const hashes = await Promise.all(
      [1, 3, 8].map(async (window) => (await sweep({}, { window })).solved.incumbent!.sha256),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  test('takes the networks of the last rung if the last round would train them again', async () => {
    const swept = await sweep({ set: ['dataset.perClass=10'], rungs: { by: 'rows', factor: 3, scales: [1] } });
    expect(swept.parts).toHaveLength(8);
    const { finals, chosen } = swept.result;
    expect(finals.map(({ setting }) => setting)).toEqual([chosen[0], chosen[0]]);
    expect(finals.every(({ incumbent }) => incumbent !== undefined)).toBe(true);
  });

  test('judges folds of the training rows', async () => {
    const swept = await sweep({ folds: 3, rungs: { by: 'rows', factor: 3, scales: [1] } });
    expect(namesOf(swept, 0).slice(0, 3)).toEqual([1, 2, 3].map((fold) => `margin=1, seed=0, fold ${fold}`));
    expect(namesOf(swept, 0)).toHaveLength(24);
    const { view } = await training.getProblem(swept.store, swept.parts[0].part.problem);
    expect([view.rows.length, view.validationRows.length]).toEqual([40, 20]);
    expect(namesOf(swept, 1)).toHaveLength(2);
  });

  test('chooses inside each division of the data', async () => {
    const repeats = [0, 1].map((at) => ({ name: `seed=${at}`, values: { seed: String(at) }, division: at }));
    const divisions = [{ name: 'seed=0' }, { name: 'seed=1' }];
    const { result } = await sweep({ repeats, divisions, rungs: { by: 'rows', factor: 3, scales: [1] } });
    expect(result.chosen).toHaveLength(2);
    for (const [division, chosen] of result.chosen.entries()) {
      const own = result.rungs[0].runs.filter(({ repeat }) => repeat === division);
      const best = Math.max(...own.map(({ validation }) => validation!));
      expect(chosen).toBe(own.find(({ validation }) => validation === best)!.setting);
    }
    expect(result.finals.map(({ setting }) => setting)).toEqual(result.chosen);
  });

  test('a study chooses nothing', async () => {
    const swept = await sweep({ final: false, rungs: { by: 'rows', factor: 3, scales: [1] } });
    expect(swept.parts).toHaveLength(8);
    expect(swept.result.finals).toEqual([]);
  });
});

describe('faults', () => {
  test('a setting that fails is left out and named; the others count', async () => {
    const swept = await sweep({}, { failing: (name) => name === 'margin=2, seed=1' });
    const { result, solved } = swept;
    expect(solved.failures).toEqual([{ name: 'margin=2, seed=1', why: 'the solver is broken' }]);
    expect(solved.leaves.failed).toBe(1);
    expect(result.rungs[0].kept[0]).not.toContain(1);
    expect(result.chosen[0]).not.toBeNull();
    expect(result.finals.every(({ incumbent }) => incumbent !== undefined)).toBe(true);
  });

  test('all settings fail: nothing is chosen, and there is no further round', async () => {
    const { result, solved } = await sweep({}, { failing: () => true });
    expect([result.rungs.length, result.chosen, result.finals]).toEqual([1, [], []]);
    expect(solved.leaves.failed).toBe(8);
  });

  test('a stop keeps the results so far and chooses nothing', async () => {
    const { result, solved } = await sweep({}, { stopAfter: 3 });
    expect([solved.stopped, result.rungs[0].complete, result.chosen]).toEqual([true, false, []]);
    expect(result.rungs[0].runs.filter(({ validation }) => validation !== null)).toHaveLength(3);
  });

  test('a cell keeps the plan of the last round', async () => {
    const store = new MemoryStore();
    const node = await prepared(store, {});
    const { cells } = await (await import('../problem/sweep-problem.js')).getSweep(store, node.problem);
    const cell = await getCell(store, cells[3][0]);
    expect(cell.plan.objectives).toEqual(planOf(['objectives.0.fit.margin=8']).objectives);
  });
});
