import { noLeaves, type Solved } from '@mipnet/recursion';
import { expect, test } from 'vitest';
import { isIncomplete } from '../kinds/incomplete.js';
import { failedLine } from './failed-line.js';

const solved: Solved = {
  name: 'r',
  objective: 1,
  bound: 1,
  accuracy: { train: 1, validation: 1 },
  leaves: { ...noLeaves, optimal: 45 },
  seconds: { solver: 1, merge: 0 },
  stopped: false,
};
const failures = ['pair 0v1', 'pair 0v2', 'pair 0v3', 'pair 0v4', 'pair 0v5'].map((name) => ({
  name,
  why: 'out of\nmemory',
}));

test('a run with a part that failed is incomplete, like one that was stopped', () => {
  expect(isIncomplete(solved)).toBe(false);
  expect(isIncomplete({ ...solved, stopped: true })).toBe(true);
  expect(isIncomplete({ ...solved, leaves: { ...noLeaves, optimal: 44, failed: 1 } })).toBe(true);
});

test('names the first of them, says why, and counts all', () => {
  expect(failedLine(solved)).toBeUndefined();
  expect(
    failedLine({ ...solved, leaves: { ...noLeaves, optimal: 44, failed: 1 }, failures: failures.slice(0, 1) }),
  ).toBe('1 of 45 MIPs failed and is left out: pair 0v1 (out of memory); the result is incomplete');
  const many = failedLine({ ...solved, leaves: { ...noLeaves, optimal: 5, failed: 33, unfinished: 7 }, failures })!;
  expect(many).toMatch(
    /^33 of 45 MIPs failed and are left out: pair 0v1 \(out of memory\), .*, and 28 more; the result is incomplete$/,
  );
  // A result of an older version has no names.
  expect(failedLine({ ...solved, leaves: { ...noLeaves, failed: 2 } })).toContain(
    '2 of 2 MIPs failed and are left out: 2 without a name',
  );
});
