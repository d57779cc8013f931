import { expect, test } from 'vitest';
import type { KindOfMip } from './kind-of-mip.js';
import { planReport } from './plan-report.js';
import { summaryOf } from './plan-summary.js';

const size = { name: 'pair 0v1', columns: 20, integers: 20, rows: 10, nonZeros: 100, estimated: false };
const kind = (differs: Partial<KindOfMip>): KindOfMip => ({
  path: 'pairs',
  count: 45,
  estimated: 0,
  optional: 0,
  typical: size,
  largest: size,
  secondsEach: 60,
  secondsAre: 'measured',
  solverSeconds: 2700,
  certainSeconds: 2700,
  ...differs,
});
const rounds = kind({ path: 'pairs > rounds', optional: 30, certainSeconds: 900 });
/** All of it may be skipped, and it has the longest MIP. */
const later = kind({ path: 'later', optional: 45, secondsEach: 36_000, solverSeconds: 36_000, certainSeconds: 0 });

const about = { plan: 'plan', dataset: { name: 'digits', train: 80 }, warning: null };
const report = (...kinds: KindOfMip[]) =>
  planReport(about, { groups: [], nodes: 1, widest: [] }, kinds, { price: 2, sample: 10 });
const lines = (...kinds: KindOfMip[]): string =>
  summaryOf(report(...kinds))
    .split('\n')
    .filter((line) => /^(solver time|cost)/.test(line))
    .map((line) => line.replace(/, .*/, ''))
    .join('\n');

test('what every run solves is one figure', () => {
  expect(lines(kind({}))).toBe('solver time  45 min 0 s of one slot\ncost         1.5 at 2 per slot and hour');
});

test('what a run may skip makes a range of times and cost', () => {
  expect(lines(rounds)).toBe(
    'solver time  15 min 0 s to 45 min 0 s of one slot\ncost         0.5 to 1.5 at 2 per slot and hour',
  );
});

test('the least wall time does not wait for a MIP that a run may skip', () => {
  const { solver } = report(rounds, later);
  expect(solver.wallHours).toBeGreaterThanOrEqual(10);
  expect(solver.least.hours).toBeCloseTo(0.25);
  expect(solver.least.wallHours).toBeLessThanOrEqual(0.25);
});

test('a MIP that was not solved within its sample leaves the least alone', () => {
  expect(lines({ ...rounds, secondsAre: 'a lower bound' })).toBe(
    'solver time  at least 15 min 0 s of one slot\ncost         at least 0.5 at 2 per slot and hour',
  );
});
