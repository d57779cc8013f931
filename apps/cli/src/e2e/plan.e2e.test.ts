import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

test('plan says how many MIPs there are, how large, and what they cost, and starts nothing', async () => {
  const { code, stdout, stderr } = await home.run(['plan', ...tinyDigits, '--price', '2', '--json']);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ dataset: { name: 'digits', train: 30 }, subproblems: { total: 45, estimated: 0, dividedNodes: 1 }, solver: { unmeasured: 0 }, largest: { parts: 45 } });
  const [pairs] = report.subproblems.kinds;
  expect(pairs).toMatchObject({ path: 'pairs', count: 45, typical: { estimated: false } });
  expect(pairs.typical.nonZeros).toBeGreaterThan(pairs.typical.rows);
  expect(pairs.largest.nonZeros).toBeGreaterThanOrEqual(pairs.typical.nonZeros);
  expect(pairs.solverSeconds).toBeGreaterThan(0);
  expect(report.solver.hours).toBeCloseTo(pairs.solverSeconds / 3600, 9);
  expect(report.cost.total).toBeCloseTo(2 * report.solver.hours, 9);
  expect(report.largest.payloadBytes).toBeLessThan(report.limits.payloadBytes);
  expect(readdirSync(home.folder)).not.toContain('home');
});
