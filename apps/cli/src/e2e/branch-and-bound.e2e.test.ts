import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

const small = (splits: string, workLimit: number): string => `
dataset: {name: digits, perClass: 2, validationPerClass: 5}
network: [{averagePool: 4}, {quantize: 8}, {dense: 1, weights: ternary, activation: sign}]
splits: ${splits}
objectives: [{fit: {loss: hinge, margin: 4, sparsity: 0.1}}]
solver: {workLimit: ${workLimit}}
`;

test('pairs, each by branch and bound over leaves with little work, have the optima of whole pair MIPs', async () => {
  writeFileSync(home.path('leaves.yaml'), small('[pairs, {branches: {leaves: 2, rounds: 50}}]', 20));
  writeFileSync(home.path('whole.yaml'), small('[pairs]', 1e6));
  const train = async (plan: string) => {
    const { code, stdout, stderr } = await home.runHere(['train', plan, '--engine', 'local', '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const [leaves, whole] = [await train('leaves.yaml'), await train('whole.yaml')];
  expect(whole.subproblems).toMatchObject({ total: 45, optimal: 45 });
  expect(leaves.subproblems.total).toBeGreaterThan(45);
  expect(leaves.subproblems).toMatchObject({ failed: 0, unresolved: 0, unfinished: 0 });
  expect(leaves.objective).toBeCloseTo(whole.objective, 9);
  expect(leaves.bound).toBeCloseTo(whole.objective, 5);
});

test('a stop between two rounds leaves a network and a bound below its objective', async () => {
  const noise = (row: number, column: number): number =>
    ((row + 1) * 7919 + column * 104_729 + row * column * 31) % 101;
  const rows = Array.from({ length: 80 }, (_, row) =>
    [...Array.from({ length: 16 }, (_, column) => noise(row, column)), row % 2 ? 'yes' : 'no'].join(','),
  );
  const head = [...Array.from({ length: 16 }, (_, column) => `c${column}`), 'answer'].join(',');
  writeFileSync(home.path('noise.csv'), [head, ...rows].join('\n'));
  writeFileSync(
    home.path('noise.yaml'),
    `
dataset: {name: csv, file: noise.csv, class: answer, perClass: 20, validationPerClass: 5}
network: [{quantize: 8}, {dense: 1, weights: ternary}]
splits: [{branches: {leaves: 4, rounds: 1000}}]
objectives: [{fit: {loss: hinge, margin: 2, sparsity: 0.05}}]
solver: {workLimit: 30}
budget: {subproblems: 3}
`,
  );
  const { code, stdout, stderr } = await home.runHere([
    'train',
    'noise.yaml',
    '--engine',
    'local',
    '--slots',
    '1',
    '--json',
  ]);
  expect(code, stderr).toBe(3);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ endedBy: 'subproblems', covers: null });
  expect(report.bound).toBeGreaterThan(0);
  expect(report.bound).toBeLessThan(report.objective);
  expect(existsSync(report.network.file)).toBe(true);
});
