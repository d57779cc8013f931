import { expect, test } from 'vitest';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import { NodeProgress } from './progress.js';
import { firstSearchAttributes, searchAttributesOf, searchAttributeTypes } from './search-attributes.js';

const root: ProblemNode = {
  kind: 'train',
  name: 'root',
  problem: { key: 'k', sha256: '', bytes: 0 },
  splits: ['pairs'],
};
const merged: Solved = {
  name: 'root',
  objective: 4,
  bound: 3,
  accuracy: { train: 1, validation: 0.875 },
  leaves: { ...noLeaves, optimal: 2 },
  seconds: { solver: 2, merge: 0 },
  stopped: false,
};
const progressOf = (solved: Solved, round: number): NodeProgress => {
  const progress = new NodeProgress('r', root, 0);
  progress.apply({ kind: 'divided', node: root, round, parts: [{ ...root, splits: [] }] }, 0);
  progress.apply({ kind: 'merged', node: root, round, solved, again: true }, 0);
  return progress;
};
const valuesOf = (...args: Parameters<typeof searchAttributesOf>): object =>
  Object.fromEntries(searchAttributesOf(...args).map(({ key, value }) => [key.name.slice('Mipnet'.length), value]));

test('a run shows plan, data set, status and accuracy beside objective and gap', () => {
  const progress = progressOf(merged, 2);
  const about = { plan: 'few-shot', dataset: 'mnist' };
  const common = { Split: 'pairs', Round: 2, Outstanding: 0, Objective: 4, Gap: 0.25 };
  expect(valuesOf(progress.snapshot(0))).toEqual(common);
  const shown = { ...common, Plan: 'few-shot', Dataset: 'mnist', Accuracy: 0.875 };
  expect(valuesOf(progress.snapshot(0), about)).toEqual({ ...shown, Status: 'running' });
  progress.pause();
  expect(valuesOf(progress.snapshot(0), about)).toMatchObject({ Status: 'paused' });
  progress.stop();
  expect(valuesOf(progress.snapshot(0), about)).toMatchObject({ Status: 'stopping' });
  expect(valuesOf(progress.snapshot(0), about, 'stopped')).toMatchObject({ Status: 'stopped' });
});

test('values of some parts are none of the run', () => {
  const covers = { parts: 3, of: 45, what: 'pairs' };
  const values = valuesOf(progressOf({ ...merged, bound: null, covers }, 0).snapshot(0), { plan: 'few-shot' });
  expect(values).toEqual({ Split: 'pairs', Round: 0, Outstanding: 0, Plan: 'few-shot', Status: 'running' });
});

test('a server on SQL has room for them, and a cluster of an earlier version knows the first ones', () => {
  const count = (type: string): number => searchAttributeTypes.filter((one) => one.type === type).length;
  expect([count('DOUBLE'), count('INT'), count('KEYWORD')]).toEqual([3, 2, 4]);
  expect(firstSearchAttributes).toEqual(searchAttributeTypes.slice(0, 5).map(({ name }) => name));
});
