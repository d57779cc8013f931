import { expect, test } from 'vitest';
import type { Incumbent } from '../problem/incumbent.js';
import { parsePlan } from '../plan/parse-plan.js';
import { planText } from '../plan/plan-text.js';
import { prepareFrom } from '../plan/prepare-run.js';
import { bars, runPlan, solveHere } from '../testing/run-plan.js';
import { divideNode, mergeNode } from './divide-and-merge.js';
import { getIncumbent, putNode } from '../problem/documents.js';
import { betterOf } from './previous.js';
import { scoreData } from '../model/score-data.js';
import { readTraces } from './trace.js';

const pair = '[{averagePool: 2}, {dense: 1, activation: sign}]';
const deep = '[{averagePool: 2}, {dense: 6, activation: sign}, {dense: 3}]';
const integers = '[{averagePool: 2}, {dense: 3, weights: integer(3)}]';

const plan = (splits: string, network: string, limits: string): string => `
name: bars
dataset: {name: made, perClass: 8, validationPerClass: 8}
network: ${network}
splits: ${splits}
objectives: [{fit: {margin: 3, sparsity: 0.01}}]
solver: ${limits}`;

test.each([
  ['[]', integers],
  ['[pairs]', pair],
  ['[pairs, {batches: {kind: hardest-first, start: 2, add: 2, rounds: 2}}]', pair],
  ['[{batches: {kind: hardest-first, start: 3, add: 4, rounds: 2}}]', integers],
  ['[{batches: {kind: consensus, count: 2, rounds: 2}}]', integers],
  ['[layers]', deep],
])('a run that continues another never ends worse, with more or with less to spend: %s', async (splits, network) => {
  const first = await runPlan(plan(splits, network, '{workLimit: 30, searchLimit: 1}'), bars(16, 3));
  const before = await getIncumbent(first.store, first.solved.incumbent!);
  for (const limits of ['{workLimit: 0, searchLimit: 1}', '{workLimit: 200, searchLimit: 2}']) {
    const { node } = await prepareFrom(
      parsePlan(plan(splits, network, limits), 'plan'),
      first.problem,
      first.solved,
      first.store,
    );
    const { solved } = await solveHere(first.store, node);
    const after = await getIncumbent(first.store, solved.incumbent!);
    expect(after.objective).toBeLessThanOrEqual(before.objective + 1e-9);
    expect(after.bound ?? -Infinity).toBeGreaterThanOrEqual((before.bound ?? -Infinity) - 1e-9);
    expect(solved).toMatchObject({ objective: after.objective, bound: after.bound });
    if (!splits.includes('pairs'))
      expect((await scoreData(first.store, first.problem, after.network)).objective).toBeCloseTo(after.objective, 9);
  }
});

test.each([
  ['weights: 2', 'splits.0.columns.weights: a run that continues another solves the same problem, with 1, not 2'],
  [
    'weights: 1, cost: 3',
    'splits.0.columns.cost: a run that continues another solves the same problem, with 0.1, not 3',
  ],
  ['weights: 1, activation: step', 'splits.0.columns.activation: a run that continues another solves the same problem'],
])('the family of columns and its costs are part of the problem: {%s}', async (options, message) => {
  // columns states its own objective.
  const text = (of: string) =>
    plan(`[{columns: {${of}}}]`, '[{dense: 3}]', '{workLimit: 1000}').replace(/^objectives.*\n/m, '');
  const family = (of: string) => parsePlan(text(of), 'plan');
  const first = await runPlan(text('weights: 1'), bars(16, 3));
  await expect(prepareFrom(family(options), first.problem, first.solved, first.store)).rejects.toThrow(message);
  const more = await prepareFrom(family('weights: 1, rounds: 2'), first.problem, first.solved, first.store);
  expect(more.problem.splits).toMatchObject([{ name: 'columns', rounds: 2 }]);
});

test('pairs begin with their own networks of before, and what was proven is not solved again', async () => {
  const first = await runPlan(plan('[pairs]', pair, '{workLimit: 5000}'), bars(16, 3));
  expect(first.solved.leaves.optimal).toBeGreaterThan(0);
  const { node } = await prepareFrom(
    parsePlan(plan('[pairs]', pair, '{workLimit: 6000}'), 'plan'),
    first.problem,
    first.solved,
    first.store,
  );
  const { solved } = await solveHere(first.store, node);
  expect(solved.leaves.reused).toBe(first.solved.leaves.optimal);
  const [[before], [after]] = [await readTraces(first.store, first.solved), await readTraces(first.store, solved)];
  after.parts.forEach((part, index) => expect(part!.objective).toBeLessThanOrEqual(before.parts[index]!.objective!));
});

test.each([
  ['[pairs]', pair],
  ['[layers]', deep],
  ['[{batches: {kind: consensus, count: 2, rounds: 2}}]', integers],
])('a run that is stopped at once has the result that it continues from: %s', async (splits, network) => {
  const first = await runPlan(plan(splits, network, '{workLimit: 30, searchLimit: 1}'), bars(16, 3));
  const { node } = await prepareFrom(
    parsePlan(plan(splits, network, '{workLimit: 40}'), 'plan'),
    first.problem,
    first.solved,
    first.store,
  );
  const parts = await divideNode(first.store, node, { round: 0 });
  const { solved } = await mergeNode(
    first.store,
    node,
    { round: 0 },
    parts.map(() => undefined),
  );
  expect(solved).toMatchObject({
    objective: first.solved.objective,
    bound: first.solved.bound,
    accuracy: first.solved.accuracy,
    leaves: { optimal: 0, feasible: 0 },
  });
  // What it continues from can be continued again.
  if (splits === '[pairs]')
    expect((await readTraces(first.store, solved))[0].parts).toEqual(
      (await readTraces(first.store, first.solved))[0].parts,
    );
});

test('another way to divide is refused', async () => {
  const first = await runPlan(plan('[]', integers, '{workLimit: 0, searchLimit: 1}'), bars(16, 3));
  const other = parsePlan(plan('[layers]', deep, '{workLimit: 0}'), 'plan');
  await expect(prepareFrom(other, first.problem, first.solved, first.store)).rejects.toMatchObject({
    code: 'plan',
    message: expect.stringContaining('not by layers'),
  });
});

test('of two incumbents the better one with the better bound', async () => {
  const first = await runPlan(plan('[]', integers, '{workLimit: 0, searchLimit: 1}'), bars(16, 3));
  const incumbent = {
    ...(await getIncumbent(first.store, first.solved.incumbent!)),
    objective: 10,
    bound: 4,
    status: 'feasible' as const,
  };
  expect(betterOf({ ...incumbent, objective: 12, bound: 6 }, incumbent)).toMatchObject({
    objective: 10,
    bound: 6,
    status: 'feasible',
  });
  expect(betterOf({ ...incumbent, objective: 8, bound: null }, incumbent)).toMatchObject({ objective: 8, bound: 4 });
  expect(betterOf({ ...incumbent, objective: 12, bound: 10 }, incumbent)).toMatchObject({
    objective: 10,
    bound: 10,
    status: 'optimal',
  });
  expect([betterOf(null, incumbent), betterOf(incumbent, undefined), betterOf(null, undefined)]).toEqual([
    incumbent,
    incumbent,
    null,
  ]);
});

test('objectives of different parts are not compared: more parts are better, however large their sum', async () => {
  const first = await runPlan(plan('[]', integers, '{workLimit: 0, searchLimit: 1}'), bars(16, 3));
  const whole: Incumbent = {
    ...(await getIncumbent(first.store, first.solved.incumbent!)),
    objective: 201.5,
    bound: 150,
    status: 'feasible',
  };
  const some = (parts: number, objective: number): Incumbent => ({
    ...whole,
    objective,
    covers: { parts, of: 45, what: 'pairs' },
    bound: null,
    status: 'unresolved',
  });
  expect(betterOf(whole, some(12, 62.05))).toEqual(whole);
  expect(betterOf(some(12, 62.05), whole)).toEqual(whole);
  expect(betterOf(some(12, 62.05), some(20, 90))).toEqual(some(20, 90));
  expect(betterOf(some(12, 62.05), some(12, 50))).toEqual(some(12, 62.05));
});

test('a run with pairs missing covers the others only, and one that continues from it covers all', async () => {
  const first = await runPlan(plan('[pairs]', pair, '{workLimit: 30, searchLimit: 1}'), bars(16, 3));
  const parts = (await readTraces(first.store, first.solved))[0].parts.map((part) => part ?? undefined);
  const { solved: partly } = await mergeNode(first.store, await putNode(first.store, first.problem), { round: 0 }, [
    parts[0],
    undefined,
    parts[2],
  ]);
  const sum = parts[0]!.objective! + parts[2]!.objective!;
  expect(partly).toMatchObject({ covers: { parts: 2, of: 3, what: 'pairs' }, bound: null });
  expect(partly.objective).toBeCloseTo(sum, 9);
  expect((await readTraces(first.store, partly)).at(-1)).toMatchObject({ covers: { parts: 2, of: 3 }, bound: null });
  const { node } = await prepareFrom(
    parsePlan(plan('[pairs]', pair, '{workLimit: 40, searchLimit: 1}'), 'plan'),
    first.problem,
    partly,
    first.store,
  );
  const { solved } = await solveHere(first.store, node);
  expect(solved.covers).toBeUndefined();
  expect(solved.bound).not.toBeNull();
});

test('a run that ended in a hidden layer has no objective of the whole to be compared with', async () => {
  const text = plan('[layers]', deep, '{workLimit: 30, searchLimit: 1}');
  const first = await runPlan(text, bars(16, 3));
  const [hidden] = await readTraces(first.store, first.solved);
  expect(hidden).toMatchObject({ covers: { parts: 1, of: 2, what: 'layers' }, bound: null });
  const ended = await mergeNode(
    first.store,
    await putNode(first.store, first.problem),
    { round: 0 },
    hidden.parts.map((part) => part ?? undefined),
  );
  const { node } = await prepareFrom(parsePlan(text, 'plan'), first.problem, ended.solved, first.store);
  const { solved } = await solveHere(first.store, node);
  expect(solved.covers).toBeUndefined();
  const { network } = await getIncumbent(first.store, solved.incumbent!);
  expect((await scoreData(first.store, first.problem, network)).objective).toBeCloseTo(solved.objective!, 9);
});

test.each([
  plan('[pairs]', pair, '{workLimit: 3}'),
  plan('[{layers: {cycles: 2}}, neurons, {batches: {kind: consensus, size: 9}}]', deep, '{timeLimit: 5m}'),
  `${plan('[]', integers, '{}')}\nbudget: {wall: 10m, gap: 0.1}`,
])('the text of a plan is the plan', (text) => {
  const read = parsePlan(text, 'plan');
  expect(parsePlan(planText(read), 'text')).toEqual(read);
});
