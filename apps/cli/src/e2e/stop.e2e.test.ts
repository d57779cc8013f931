import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { Home, slowDigits, tinyDigits } from './testing/command.js';
import { isNightly } from './testing/nightly.js';

const home = new Home();
afterAll(() => home.remove());

test.each(['local', 'temporal'])('Ctrl-C under --engine %s ends with the network so far', async (engine) => {
  const running = home.start(['train', ...slowDigits, '--engine', engine, '--out', `${engine}.onnx`, '--json']);
  await running.said(/[1-9]\d*\/45 MIPs/);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect(code, stderr).toBe(3);
  expect(stderr).toContain('stopping');
  const report = JSON.parse(stdout);
  const { total, unfinished } = report.subproblems;
  expect(total).toBe(45);
  expect(unfinished).toBeGreaterThan(0);
  expect(unfinished).toBeLessThan(45);
  expect(existsSync(report.network.file)).toBe(true);
});

// Of a solver on a server, worker-process.int.test.ts has the same by day.
test.each(isNightly ? ['local', 'temporal'] : ['local'])(
  'SIGTERM in the middle of one long MIP under --engine %s ends with a network',
  async (engine) => {
    const oneMip = [
      '--dataset',
      'digits',
      '--set',
      'dataset.perClass=20',
      '--set',
      'network=[{dense: 10}]',
      '--set',
      'splits=[]',
      '--set',
      'solver={gap: 0}',
    ];
    const running = home.start([
      'train',
      ...oneMip,
      '--engine',
      engine,
      '--slots',
      '1',
      '--out',
      `one-${engine}.onnx`,
      '--json',
    ]);
    await running.said(/0\/1 MIPs/);
    // Into the first relaxation, which has no incumbent yet.
    await setTimeout(5000);
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(3);
    expect(existsSync(JSON.parse(stdout).network.file)).toBe(true);
  },
);

test('a second Ctrl-C leaves at once', async () => {
  const running = home.start(['train', ...slowDigits, '--engine', 'local', '--json']);
  await running.said(/training quickstart/);
  await running.said(/\/45 MIPs/);
  running.child.kill('SIGINT');
  running.child.kill('SIGTERM');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
});

test('a budget that is used up ends the run with the network so far, one whose target is met with the whole', async () => {
  const costs = await home.runHere([
    'train',
    ...tinyDigits,
    '--set',
    'budget.subproblems=3',
    '--engine',
    'local',
    '--slots',
    '1',
    '--json',
  ]);
  expect(costs.code, costs.stderr).toBe(3);
  expect(JSON.parse(costs.stdout)).toMatchObject({
    endedBy: 'subproblems',
    subproblems: { total: 45, unfinished: 42 },
  });
  const shown = costs.stderr.match(/\d+\/\d+ MIPs \|.*/g)!;
  expect(shown.at(-1)).toMatch(/^3\/45 MIPs \| .*, stopped/);

  const rows = Array.from(
    { length: 60 },
    (_, row) => `${row % 9},${(row * 7) % 13},${(row % 9) + ((row * 7) % 13) > 10 ? 'yes' : 'no'}`,
  );
  writeFileSync(home.path('table.csv'), ['a,b,answer', ...rows].join('\n'));
  writeFileSync(
    home.path('rounds.yaml'),
    `
dataset: {name: csv, file: table.csv, class: answer, perClass: 10, validationPerClass: 5}
network: [{dense: 2, weights: integer(3)}]
splits: [{batches: {kind: hardest-first, start: 2, add: 1, rounds: 9}}]
solver: {workLimit: 50}
budget: {wall: 1h, accuracy: 0.01}
`,
  );
  const target = await home.runHere(['train', 'rounds.yaml', '--engine', 'local', '--json']);
  expect(target.code, target.stderr).toBe(0);
  expect(JSON.parse(target.stdout)).toMatchObject({ endedBy: 'accuracy', subproblems: { total: 1 } });
});
