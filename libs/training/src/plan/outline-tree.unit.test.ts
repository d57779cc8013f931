import { drawDigits } from '@mipnet/dataset';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import { parsePlan } from './parse-plan.js';
import { prepareRun } from './prepare-run.js';
import { outlineTree } from './outline-tree.js';

const digits = drawDigits({ trainPerClass: 12, testPerClass: 1 });
const base = `
dataset: {name: digits, perClass: 8, validationPerClass: 2}
network: [{dense: 1, weights: ternary, activation: sign}]
objectives: [{fit: {margin: 4}}]
`;

async function outlineOf(...settings: string[]) {
  const store = new MemoryStore();
  const { problem } = await prepareRun(parsePlan(base, 'plan.yaml', settings), digits, store);
  const { groups, ...rest } = await outlineTree(store, problem);
  return {
    ...rest,
    groups: groups.map(({ path, count, estimated, largest }) => [
      path,
      count,
      estimated,
      largest.problem.view.rows.length,
    ]),
  };
}

test.each<[string, string[], number, number]>([
  ['parts of one round', ['splits=[pairs]'], 0, 45],
  ['later rounds', ['splits=[pairs, {batches: {kind: hardest-first, start: 2, add: 3, rounds: 3}}]'], 90, 45],
  ['later rounds of branches', ['splits=[pairs, {branches: {leaves: 4, rounds: 3}}]'], 45 * 2 * 4, 45],
  [
    'layers, of which each has its turn',
    ['network=[{dense: 4, activation: sign}, {dense: 10}]', 'splits=[layers]'],
    0,
    5,
  ],
])('a run may skip later rounds, and nothing else: %s', async (_, settings, optional, certain) => {
  const store = new MemoryStore();
  const { problem } = await prepareRun(parsePlan(base, 'plan.yaml', settings), digits, store);
  const { groups } = await outlineTree(store, problem);
  const total = (of: (group: (typeof groups)[number]) => number): number =>
    groups.reduce((sum, one) => sum + of(one), 0);
  expect(total((group) => group.optional)).toBe(optional);
  expect(total((group) => group.count - group.optional)).toBe(certain);
  for (const { cells, certainCells, optional: skipped } of groups) expect(certainCells < cells).toBe(skipped > 0);
});

const deep = 'network=[{dense: 4, activation: sign}, {dense: 10}]';
const pairsOfDeep = 'network=[{dense: 4, activation: sign}, {dense: 1, activation: sign}]';

test.each<[string, string[], unknown[][], number]>([
  ['no split is one MIP', ['splits=[]', 'network=[{dense: 10}]'], [['the whole problem', 1, 0, 80]], 0],
  ['pairs', ['splits=[pairs]'], [['pairs', 45, 0, 16]], 1],
  [
    'batches by consensus: as many in each round',
    ['splits=[pairs, {batches: {kind: consensus, count: 2, rounds: 3}}]'],
    [['pairs > batches', 45 * 2 * 3, 45 * 2 * 2, 8]],
    46,
  ],
  [
    'batches, hardest first: one per round, which grows',
    ['splits=[pairs, {batches: {kind: hardest-first, start: 2, add: 3, rounds: 3}}]'],
    [['pairs > batches', 45 * 3, 45 * 2, 10]],
    46,
  ],
  [
    'layers: neurons first, then the rest',
    [deep, 'splits=[layers]'],
    [
      ['layer 1 > neurons', 4, 0, 16],
      ['layer 3', 1, 1, 80],
    ],
    2,
  ],
  [
    'layers with descent',
    [deep, 'splits=[{layers: {cycles: 2}}]'],
    [
      ['layer 1 > neurons', 4, 0, 16],
      ['layer 3', 1, 1, 80],
      ['cycle 0, layer 3', 1, 1, 80],
      ['cycle 0, layer 1', 1, 1, 80],
      ['cycle 1, layer 3', 1, 1, 80],
      ['cycle 1, layer 1', 1, 1, 80],
    ],
    2,
  ],
  [
    'layers, then pairs on what they see',
    [pairsOfDeep, 'splits=[layers, neurons, pairs]'],
    [
      ['layer 1 > neurons', 4, 0, 16],
      ['layer 3 > pairs', 45, 45, 16],
    ],
    3,
  ],
])('%s', async (_, settings, groups, nodes) => {
  const found = await outlineOf(...settings);
  expect(found.groups).toEqual(groups);
  expect(found.nodes).toBe(nodes);
});

test('the widest division of each depth is known', async () => {
  const { widest } = await outlineOf('splits=[pairs, {batches: {kind: consensus, count: 2, rounds: 3}}]');
  expect(widest.map(({ parts, leaves }) => [parts, leaves])).toEqual([
    [45, false],
    [2, true],
  ]);
});
