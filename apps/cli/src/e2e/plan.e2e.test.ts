import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

test('plan says how many MIPs there are, how large, and what they cost, and starts nothing', async () => {
  const { code, stdout, stderr } = await home.runHere(['plan', ...tinyDigits, '--price', '2', '--json']);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    dataset: { name: 'digits', train: 30 },
    subproblems: { total: 45, estimated: 0, dividedNodes: 1 },
    solver: { unmeasured: 0 },
    largest: { parts: 45 },
  });
  const [pairs] = report.subproblems.kinds;
  expect(pairs).toMatchObject({ path: 'pairs', count: 45, typical: { estimated: false } });
  expect(pairs.typical.nonZeros).toBeGreaterThan(pairs.typical.rows);
  expect(pairs.largest.nonZeros).toBeGreaterThanOrEqual(pairs.typical.nonZeros);
  expect(pairs.solverSeconds).toBeGreaterThan(0);
  expect(report.solver.hours).toBeCloseTo(pairs.solverSeconds / 3600, 9);
  expect(report.cost.total).toBeCloseTo(2 * report.solver.hours, 9);
  expect(report.largest.payloadBytes).toBeLessThan(report.limits.payloadBytes);
  expect(report).toMatchObject({ warning: null, solver: { atLeast: false } });
  expect(report.largest.historyBytes).toBeLessThan(report.limits.historyBytes);
  expect(readdirSync(home.folder)).not.toContain('home');
});

test('one MIP without a limit: its sample is no estimate, and it is said before anything is measured or started', async () => {
  const oneMip = [
    '--dataset',
    'digits',
    '--set',
    'dataset.perClass=10',
    '--set',
    'network=[{dense: 10}]',
    '--set',
    'splits=[]',
    '--set',
    'solver={gap: 0}',
  ];
  const { code, stdout, stderr } = await home.run(['plan', ...oneMip, '--sample', '1s', '--price', '2']);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/this plan has no limit: a MIP may run for ever; set solver.timeLimit=60s[^]*measuring/);
  // One MIP does not spread over the cores of a machine.
  const [, ofSlot, ofMachine] = stdout.match(/solver time {2}(at least .*) of one slot, (at least .*) on the/) ?? [];
  expect(ofSlot, stdout).toMatch(/^at least \d+ s$/);
  expect(ofMachine).toBe(ofSlot);
  expect(stdout).toMatch(/each +at least [\d.]+ s \(not solved within the sample\)/);
  expect(stdout).toMatch(/cost +at least/);
  expect(stdout).toMatch(/no estimate/);
  expect(stdout).toMatch(/^subproblems +1 MIP, not divided$/m);
  expect(stdout).not.toContain('history');

  const training = home.start(['train', ...oneMip, '--engine', 'local']);
  await training.said(/this plan has no limit: a MIP may run for ever[^]*training/);
  training.child.kill('SIGKILL');
  await training.ended;
});
