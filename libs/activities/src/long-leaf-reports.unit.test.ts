import type { LeafUnderWay } from '@mipnet/recursion';
import { expect, test } from 'vitest';
import { LongLeafReports } from './long-leaf-reports.js';

const news: LeafUnderWay = { name: 'pair 4v9', objective: 3, bound: 1, nodes: 7, work: 99, startedAt: 1_000_000 };

/** The seconds at which a leaf of so many seconds is reported. */
function reportedAt(seconds: number, most: number): number[] {
  const at: number[] = [];
  let second = 0;
  const reports = new LongLeafReports(most, (told) => {
    expect(told).toEqual({ ...news, step: undefined, stage: undefined });
    at.push(second);
  });
  for (; second < seconds; second++)
    reports.offer({ ...news, checkpoint: { key: 'k' } } as LeafUnderWay, news.startedAt + second * 1000);
  return at;
}

test('a short leaf is not reported', () => expect(reportedAt(10, 100)).toEqual([]));

test('a long one ever less often, but at least every five minutes', () =>
  expect(reportedAt(1300, 100)).toEqual([10, 20, 40, 80, 160, 320, 620, 920, 1220]));

test('no more often than the workflow allows', () => expect(reportedAt(1300, 3)).toEqual([10, 20, 40]));
