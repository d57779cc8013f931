import type { Dense } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { openSolver } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { firstParts, type NamedPart } from '../plan/first-parts.js';
import { parsePlan } from '../plan/parse-plan.js';
import { prepareRun } from '../plan/prepare-run.js';
import { readLeafData } from '../rows/leaf-data.js';
import { solveProblem } from '../solve/solve-problem.js';
import { bars } from '../testing/run-plan.js';
import { freeNetwork } from './free-network.js';
import { encodeStage } from './stage-model.js';
import { subproblemModel } from './subproblem-model.js';

const plan = `
dataset: {name: bars, perClass: 4, validationPerClass: 0}
network: [{dense: 1, weights: ternary, activation: sign}]
splits: [pairs]
solver: {gap: 0}
seed: 1
`;

async function partsOf(text: string): Promise<{ readonly store: MemoryStore; readonly parts: NamedPart[] }> {
  const store = new MemoryStore();
  const { problem } = await prepareRun(parsePlan(text, 'plan'), bars(4, 3), store);
  const parts: NamedPart[] = [];
  for await (const part of firstParts(store, problem)) parts.push(part);
  return { store, parts };
}

test('the parts of a plan have the names of its divisions, one within the other', async () => {
  const named = async (text: string): Promise<string[]> => (await partsOf(text)).parts.map(({ name }) => name);
  expect(await named(plan)).toEqual(['pair 0v1', 'pair 0v2', 'pair 1v2']);
  const batches = plan.replace('[pairs]', '[pairs, {batches: {kind: consensus, count: 2, rounds: 1}}]');
  expect((await named(batches)).slice(0, 3)).toEqual([
    'pair 0v1 > round 0, batch 0',
    'pair 0v1 > round 0, batch 1',
    'pair 0v2 > round 0, batch 0',
  ]);
  expect(
    await named('name: whole\ndataset: {name: bars, perClass: 4, validationPerClass: 0}\nnetwork: [{dense: 3}]'),
  ).toEqual(['whole']);
});

test('another solver that solves the model of a part finds the optimum of the training, and its weights by name', async () => {
  const solver = await openSolver();
  const { store, parts } = await partsOf(plan);
  for (const { problem } of parts) {
    const data = await readLeafData(store, problem);
    const { model, columnNames } = subproblemModel(problem, data);
    const { status, objective, x } = await solver.solve(model);
    const incumbent = await solveProblem(solver, freeNetwork(problem, data));
    expect([status, incumbent.status]).toEqual(['optimal', 'optimal']);
    expect(objective).toBeCloseTo(incumbent.objective, 6);
    expect(new Set(columnNames).size).toBe(model.columnCount);
    // The images are made flat first: the neuron is layer 1.
    const valueOf = (name: string): number => Math.round(x![columnNames.indexOf(name)] ?? 0);
    const weights = Array.from({ length: 64 }, (_, i) => valueOf(`p1_0_${i}`) - valueOf(`n1_0_${i}`));
    const stage = encodeStage(freeNetwork(problem, data), { stage: 0, kept: [] });
    expect(weights).toEqual([...(stage.toNetwork(x!).layers[1] as Dense).weights]);
    expect(columnNames).toContain('b1_0');
  }
});
