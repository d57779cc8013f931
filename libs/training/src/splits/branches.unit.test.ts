import { seededRandom, type LoadedDataset } from '@mipnet/dataset';
import { getObject, MemoryStore } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type RoundState } from '@mipnet/recursion';
import { openSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { prepareRun } from '../plan/prepare-run.js';
import { getIncumbent, getProblem, putNode } from '../problem/documents.js';
import { bars, runPlan } from '../testing/run-plan.js';
import { divideNode, mergeNode } from '../tree/divide-and-merge.js';
import { withPrevious } from '../tree/previous.js';
import { solveLeaf } from '../tree/solve-leaf.js';
import { readTraces } from '../tree/trace.js';

const plan = (splits: string, { work = 5000, margin = 9, more = '' } = {}): string => `
network: [{dense: 1, weights: ternary, activation: sign}]
splits: ${splits}
objectives: [{fit: {loss: hinge, margin: ${margin}, sparsity: 0.3}}${more}]
solver: {workLimit: ${work}}`;

let highs: Solver;
beforeAll(async () => {
  highs = await openSolver();
});

interface Interruptions {
  readonly solver?: Solver;
  readonly stopped?: () => boolean;
  /** Leaves that fail. */
  readonly fails?: (name: string) => boolean;
  /** Called before a round; throws to end the process. */
  readonly onRound?: (state: RoundState) => void;
}

function driverOf(store: MemoryStore, { solver = highs, stopped, fails, onRound }: Interruptions = {}): Driver {
  const driver: Driver = {
    window: 1,
    stopped: stopped ?? (() => false),
    ready: async () => undefined,
    checkpoint: async (_node, state) => onRound?.(state),
    progress: () => undefined,
    divide: (at, state) => divideNode(store, at, state),
    merge: (at, state, parts) => mergeNode(store, at, state, parts),
    solve: async (leaf) => {
      const solved = await solveLeaf(store, solver, leaf);
      const { incumbent: _, ...failed } = solved;
      return fails?.(leaf.name) ? failed : solved;
    },
    recurse: (part) => solveTree(driver, part),
  };
  return driver;
}

/** Rows of noise: a pair that one leaf with little work does not close. */
function noise(): LoadedDataset {
  const random = seededRandom(5);
  const { train, ...others } = bars(4, 2);
  return { ...others, train: { ...train, features: train.features.map(() => random.integer(256)) } };
}

async function hardPair(
  spec = '{leaves: 4, rounds: 40}',
  work = 60,
): Promise<{ store: MemoryStore; node: ProblemNode }> {
  const store = new MemoryStore();
  const text = plan(`[{branches: ${spec}}]`, { work, margin: 2 });
  const { node } = await prepareRun(parsePlan(text, 'plan'), noise(), store);
  return { store, node };
}

describe('branches', () => {
  test('proves what branch and cut proves, pair by pair', async () => {
    const known = await runPlan(plan('[pairs]', { work: 200_000 }), bars(12));
    const { store, solved } = await runPlan(plan('[pairs, {branches: {rounds: 40}}]', { work: 60 }), bars(12));
    expect(solved.objective).toBeCloseTo(known.solved.objective!, 6);
    expect(solved.bound).toBeCloseTo(solved.objective!, 5);
    expect((await getIncumbent(store, solved.incumbent!)).status).toBe('optimal');
  });

  test('bounds rise and objectives fall from round to round, until nothing is open', async () => {
    const { store, node } = await hardPair();
    const solved = await solveTree(driverOf(store), node);
    const traces = await readTraces(store, solved);
    expect(traces.length).toBeGreaterThan(3);
    expect(Math.max(...traces.map(({ parts }) => parts.length))).toBe(4);
    for (let round = 1; round < traces.length; round++) {
      expect(traces[round].bound!).toBeGreaterThanOrEqual(traces[round - 1].bound!);
      expect(traces[round].objective!).toBeLessThanOrEqual(traces[round - 1].objective!);
      expect(traces[round].bound!).toBeLessThanOrEqual(solved.objective!);
    }
    const { status, openSet } = await getIncumbent(store, solved.incumbent!);
    expect({ status, boxes: openSet?.boxes }).toEqual({ status: 'optimal', boxes: [] });
  });

  test('what the solver proves alone needs no second round; its bound stays known where it proves less', async () => {
    const much = await hardPair('{leaves: 4, rounds: 40}', 200_000);
    const solved = await solveTree(driverOf(much.store), much.node);
    const proven = await getIncumbent(much.store, solved.incumbent!);
    expect(proven.stages.map(({ boundBy, status }) => [boundBy, status])).toEqual([['branch and cut', 'optimal']]);
    expect(solved.leaves).toMatchObject({ optimal: 1, bySolver: 1 });

    const { store, node } = await hardPair('{leaves: 4, rounds: 1}');
    const first = await solveTree(driverOf(store), node);
    const [leaf] = (await readTraces(store, first))[0].parts;
    expect(first.bound).toBe(leaf!.bound);
    expect(first.bound).toBeGreaterThan(0);
    const { status, openSet } = await getIncumbent(store, first.incumbent!);
    expect({ status, boxes: openSet!.boxes.length }).toEqual({ status: 'feasible', boxes: 1 });
  });

  test.each([0.5, 5e-7])('a bound of the solver that lies %d too high ends nothing too early', async (error) => {
    const honest = await hardPair();
    const { objective } = await solveTree(driverOf(honest.store), honest.node);
    const solver: Solver = {
      ...highs,
      solve: async (model, options) => {
        const answer = await highs.solve(model, options);
        return options?.relaxation || answer.bound === null ? answer : { ...answer, bound: objective! + error };
      },
    };
    const { store, node } = await hardPair();
    const solved = await solveTree(driverOf(store, { solver }), node);
    expect(solved.objective).toBe(objective);
    expect(solved.bound!).toBeLessThanOrEqual(objective!);
    expect((await getIncumbent(store, solved.incumbent!)).openSet!.boxes).toEqual([]);
  });

  test('if the solver fails, the tree searches alone', async () => {
    const expected = await hardPair();
    const { objective, bound } = await solveTree(driverOf(expected.store), expected.node);
    const { store, node } = await hardPair();
    const solved = await solveTree(driverOf(store, { fails: (name) => name.startsWith('round 0') }), node);
    expect(solved).toMatchObject({ objective, bound });
  });

  test('what an earlier run has proven is not solved again', async () => {
    const { store, node } = await hardPair();
    const first = await solveTree(driverOf(store), node);
    const { incumbent, trace } = first;
    const again = await putNode(
      store,
      await withPrevious(store, await getProblem(store, node.problem), { incumbent, trace }),
    );
    const second = await solveTree(
      driverOf(store, { solver: { ...highs, solve: () => Promise.reject(new Error('solved')) } }),
      again,
    );
    expect(second).toMatchObject({ objective: first.objective, bound: first.bound, leaves: { optimal: 1, reused: 1 } });
  });

  test('a run that dies between any two rounds continues to the same bytes', async () => {
    const whole = await hardPair();
    const expected = await solveTree(driverOf(whole.store), whole.node);
    const { store, node } = await hardPair();
    let kept: RoundState = { round: 0 };
    let deaths = 0;
    const onRound = (state: RoundState): void => {
      kept = state;
      deaths++;
      throw new Error('killed');
    };
    for (;;) {
      const solved = await solveTree(driverOf(store, { onRound }), node, kept).catch(() => undefined);
      if (!solved) continue;
      expect(deaths).toBeGreaterThan(2);
      expect(await getObject(store, solved.incumbent!)).toEqual(await getObject(whole.store, expected.incumbent!));
      return;
    }
  });

  test('boxes of a leaf that fails stay open with their bounds', async () => {
    const { store, node } = await hardPair('{leaves: 4, rounds: 4}');
    const solved = await solveTree(driverOf(store, { fails: (name) => name.startsWith('round 2, leaf 1') }), node);
    const [, first, second] = await readTraces(store, solved);
    const current = { ...solved, incumbent: first.parts[0]!.incumbent };
    const before = await getIncumbent(store, current.incumbent!);
    const leaves = await divideNode(store, node, { round: 2, current });
    const { boxes: lost } = await getProblem(store, leaves[1].problem);
    expect(lost!.length).toBeGreaterThan(0);
    const parts = second.parts.map((part) => (part?.incumbent ? part : undefined));
    expect(parts.filter((part) => part === undefined)).toHaveLength(1);
    const after = await mergeNode(store, node, { round: 2, current }, parts);
    const { openSet, objective } = await getIncumbent(store, after.solved.incumbent!);
    expect(openSet!.boxes).toEqual(expect.arrayContaining(lost!.filter(({ bound }) => bound < objective)));
    // Without any leaf, the round changes nothing.
    const none = await mergeNode(
      store,
      node,
      { round: 2, current },
      leaves.map(() => undefined),
    );
    const kept = await getIncumbent(store, none.solved.incumbent!);
    expect(kept.bound).toBe(before.bound);
    expect(kept.openSet!.boxes).toHaveLength(before.openSet!.boxes.length);
  });

  test('a stop between rounds leaves a network and a valid bound', async () => {
    const { store, node } = await hardPair();
    const best = (await solveTree(driverOf(store), node)).objective!;
    let rounds = 0;
    const stopped = await solveTree(driverOf(store, { onRound: () => rounds++, stopped: () => rounds >= 2 }), node);
    expect(stopped.stopped).toBe(true);
    expect(stopped.bound!).toBeLessThanOrEqual(best);
    expect(stopped.objective!).toBeGreaterThanOrEqual(best);
  });

  test('a network of several neurons is refused', async () => {
    const wide = plan('[branches]').replace(
      '{dense: 1, weights: ternary, activation: sign}',
      '{dense: 2, weights: ternary}',
    );
    await expect(runPlan(wide, bars(4, 2))).rejects.toThrow('branches divides the MIP of one neuron');
  });

  test.each([
    ['[branches, pairs]', {}, 'pairs cannot follow it; put it last'],
    ['[pairs, branches]', { more: ', margin' }, 'branches proves one objective'],
  ])('%s is refused with the reason', async (splits, options, reason) => {
    await expect(runPlan(plan(splits, options), bars(4))).rejects.toThrow(reason);
  });
});
