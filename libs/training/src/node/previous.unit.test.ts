import { expect, test } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { planText } from '../plan/plan-text.js';
import { prepareFrom } from '../plan/prepare-run.js';
import { bars, runPlan, solveHere } from '../testing/run-plan.js';
import { divideNode } from './divide-node.js';
import { getIncumbent } from './documents.js';
import { mergeNode } from './merge-node.js';
import { betterOf } from './previous.js';
import { scoreData } from './score-data.js';
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
])('a run that goes on from another never ends worse, with more or with less to spend: %s', async (splits, network) => {
  const first = await runPlan(plan(splits, network, '{workLimit: 30, searchLimit: 1}'), bars(16, 3));
  const before = await getIncumbent(first.store, first.solved.incumbent!);
  for (const limits of ['{workLimit: 0, searchLimit: 1}', '{workLimit: 200, searchLimit: 2}']) {
    const { node } = await prepareFrom(parsePlan(plan(splits, network, limits), 'plan'), first.problem, first.solved, first.store);
    const { solved } = await solveHere(first.store, node);
    const after = await getIncumbent(first.store, solved.incumbent!);
    expect(after.objective).toBeLessThanOrEqual(before.objective + 1e-9);
    expect(after.bound ?? -Infinity).toBeGreaterThanOrEqual((before.bound ?? -Infinity) - 1e-9);
    expect(solved).toMatchObject({ objective: after.objective, bound: after.bound });
    if (!splits.includes('pairs')) expect((await scoreData(first.store, first.problem, after.network)).objective).toBeCloseTo(after.objective, 9);
  }
});

test('pairs begin with their own networks of before, and what was proven is not solved again', async () => {
  const first = await runPlan(plan('[pairs]', pair, '{workLimit: 5000}'), bars(16, 3));
  expect(first.solved.leaves.optimal).toBeGreaterThan(0);
  const { node } = await prepareFrom(parsePlan(plan('[pairs]', pair, '{workLimit: 6000}'), 'plan'), first.problem, first.solved, first.store);
  const { solved } = await solveHere(first.store, node);
  expect(solved.leaves.reused).toBe(first.solved.leaves.optimal);
  const [[before], [after]] = [await readTraces(first.store, first.solved), await readTraces(first.store, solved)];
  after.parts.forEach((part, index) => expect(part!.objective).toBeLessThanOrEqual(before.parts[index]!.objective!));
});

test.each([['[pairs]', pair], ['[layers]', deep], ['[{batches: {kind: consensus, count: 2, rounds: 2}}]', integers]])('a run that is stopped at once has the result that it goes on from: %s', async (splits, network) => {
  const first = await runPlan(plan(splits, network, '{workLimit: 30, searchLimit: 1}'), bars(16, 3));
  const { node } = await prepareFrom(parsePlan(plan(splits, network, '{workLimit: 40}'), 'plan'), first.problem, first.solved, first.store);
  const parts = await divideNode(first.store, node, { round: 0 });
  const { solved } = await mergeNode(first.store, node, { round: 0 }, parts.map(() => undefined));
  expect(solved).toMatchObject({ objective: first.solved.objective, bound: first.solved.bound, accuracy: first.solved.accuracy, leaves: { optimal: 0, feasible: 0 } });
  // What it goes on from can be gone on from again.
  if (splits === '[pairs]') expect((await readTraces(first.store, solved))[0].parts).toEqual((await readTraces(first.store, first.solved))[0].parts);
});

test('another way to divide is refused', async () => {
  const first = await runPlan(plan('[]', integers, '{workLimit: 0, searchLimit: 1}'), bars(16, 3));
  const other = parsePlan(plan('[layers]', deep, '{workLimit: 0}'), 'plan');
  await expect(prepareFrom(other, first.problem, first.solved, first.store)).rejects.toMatchObject({ code: 'plan', message: expect.stringContaining('not by layers') });
});

test('of two incumbents the better one with the better bound', async () => {
  const first = await runPlan(plan('[]', integers, '{workLimit: 0, searchLimit: 1}'), bars(16, 3));
  const incumbent = { ...(await getIncumbent(first.store, first.solved.incumbent!)), objective: 10, bound: 4, status: 'feasible' as const };
  expect(betterOf({ ...incumbent, objective: 12, bound: 6 }, incumbent)).toMatchObject({ objective: 10, bound: 6, status: 'feasible' });
  expect(betterOf({ ...incumbent, objective: 8, bound: null }, incumbent)).toMatchObject({ objective: 8, bound: 4 });
  expect(betterOf({ ...incumbent, objective: 12, bound: 10 }, incumbent)).toMatchObject({ objective: 10, bound: 10, status: 'optimal' });
  expect([betterOf(null, incumbent), betterOf(incumbent, undefined), betterOf(null, undefined)]).toEqual([incumbent, incumbent, null]);
});

test.each([
  plan('[pairs]', pair, '{workLimit: 3}'),
  plan('[{layers: {cycles: 2}}, neurons, {batches: {kind: consensus, size: 9}}]', deep, '{timeLimit: 5m}'),
  `${plan('[]', integers, '{}')}\nbudget: {wall: 10m, gap: 0.1}`,
])('the text of a plan is the plan', (text) => {
  const read = parsePlan(text, 'plan');
  expect(parsePlan(planText(read), 'text')).toEqual(read);
});
