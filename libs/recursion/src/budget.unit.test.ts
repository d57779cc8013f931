import { expect, test } from 'vitest';
import { endedBy, targetMet, usedUp } from './budget.js';
import { noLeaves } from './leaf-counts.js';
import type { Solved } from './node.js';

const spent = { wall: 10, solverSeconds: 20, subproblems: 3 };
const solved: Solved = {
  name: 'r',
  objective: 10,
  bound: 9,
  accuracy: { train: 1, validation: 0.8 },
  leaves: noLeaves,
  seconds: { solver: 0, merge: 0 },
  stopped: true,
};

test('a cost is used up when it is reached', () => {
  expect(usedUp({}, spent)).toBeNull();
  expect(usedUp({ wall: 11, solverSeconds: 21, subproblems: 4 }, spent)).toBeNull();
  expect(usedUp({ wall: 10 }, spent)).toBe('wall');
  expect(usedUp({ solverSeconds: 20 }, spent)).toBe('solverSeconds');
  expect(usedUp({ wall: 11, subproblems: 3 }, spent)).toBe('subproblems');
});

test('a target is met by what is known, not by what is not', () => {
  expect(targetMet({}, solved)).toBeNull();
  expect(targetMet({ gap: 0.1 }, solved)).toBe('gap');
  expect(targetMet({ gap: 0.09 }, solved)).toBeNull();
  expect(targetMet({ gap: 1 }, { ...solved, bound: null })).toBeNull();
  expect(targetMet({ gap: 1 }, { ...solved, covers: { parts: 4, of: 45, what: 'pairs' } })).toBeNull();
  expect(targetMet({ accuracy: 0.8 }, solved)).toBe('accuracy');
  expect(targetMet({ gap: 1, accuracy: 0.1 }, { ...solved, accuracy: { train: null, validation: null } })).toBeNull();
  expect(targetMet({ accuracy: 0.5 }, { ...solved, accuracy: { train: 1, validation: null } })).toBeNull();
});

test('a met target is an end, a cost that ran out cuts short, and one that ran out too late did nothing', () => {
  expect(endedBy('accuracy', solved)).toMatchObject({ endedBy: 'accuracy', stopped: false });
  expect(endedBy('wall', solved)).toMatchObject({ endedBy: 'wall', stopped: true });
  expect(endedBy('wall', { ...solved, stopped: false }).endedBy).toBeUndefined();
});
