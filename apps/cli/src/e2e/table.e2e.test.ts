import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** What docs/data.md and `train --help` say, for one table. */
const documented = (file: string): readonly string[] => ['train', file, '--class', 'class', '--engine', 'local'];
/** The same as settings. */
const asSettings = (file: string): readonly string[] =>
  [`file=${file}`, 'class=class'].flatMap((setting) => ['--set', `dataset.${setting}`]);

/** Two columns of numbers, one with a missing value, and two classes. */
const table = (rows: number): string =>
  [
    'age;b;class',
    ...Array.from(
      { length: rows },
      (_, row) =>
        `${row === 7 ? 'N/A' : 20 + ((row * 7) % 40)};0,${(row * 3) % 10};${(row * 7) % 40 > 20 ? 'yes' : 'no'}`,
    ),
  ].join('\r\n');

test("the documented command trains on a table; what was decided is said, in the result and in the run's record", async () => {
  writeFileSync(home.path('small table.csv'), table(60));
  const { code, stdout, stderr } = await home.runHere([
    ...documented('small table.csv'),
    '--out',
    'x.onnx',
    '--json',
    '--plan-out',
    'plan.yaml',
  ]);
  expect(code, stderr).toBe(0);
  const { run, dataset, accuracy } = JSON.parse(stdout) as {
    run: string;
    dataset: { train: number; test: number; reading: readonly string[] };
    accuracy: Record<string, number>;
  };
  const said = [
    /small table\.csv: cells are separated by ';'/,
    /column 'age': 1 of 48 training values are missing \('N\/A'\)/,
    /column 'b': '0,0' is read as 0 /,
    /12 rows, a fraction of 0\.2 of each class, are held out for the test/,
    /chosen: .*% by cross-validation on training rows, the simplest of the best of \d+ plans; it is trained on all training rows/,
  ];
  for (const line of said) {
    expect(stderr).toMatch(line);
    expect(dataset.reading).toContainEqual(expect.stringMatching(line));
  }
  expect([dataset.train, dataset.test]).toEqual([48, 12]);
  // The class is a threshold of the column 'age'.
  expect(accuracy.validation).toBeNull();
  expect(accuracy.test).toBeGreaterThanOrEqual(0.9);
  const record = JSON.parse(readFileSync(join(home.folder, 'home', 'data', 'runs', run, 'run.json'), 'utf8'));
  expect(record.asked.reading).toEqual(dataset.reading);
  // The plan that was said and written is the one that was trained: it gives the same network.
  const plan = readFileSync(home.path('plan.yaml'), 'utf8');
  expect(plan).toContain('file: small table.csv');
  for (const line of plan.trimEnd().split('\n')) expect(stderr).toContain(`  ${line}\n`);
  const again = await home.runHere(['train', 'plan.yaml', '--engine', 'local', '--out', 'y.onnx']);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stderr).not.toContain('choosing a plan');
  expect(readFileSync(home.path('y.onnx')).equals(readFileSync(home.path('x.onnx')))).toBe(true);
});

test('settings apply to the plan that is chosen, rows of another file are the test rows, and `plan` chooses the same', async () => {
  writeFileSync(home.path('own.csv'), table(60));
  writeFileSync(home.path('other.csv'), table(30));
  const settings = ['--set', 'network=[{quantize: 32}, {dense: 1, weights: integer(7), activation: sign}]'];
  const asked = ['own.csv', '--class', 'class', '--test', 'other.csv', ...settings];
  const { code, stdout, stderr } = await home.runHere([
    'train',
    ...asked,
    '--engine',
    'local',
    '--out',
    'o.onnx',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  const { dataset, network } = JSON.parse(stdout);
  expect([dataset.train, dataset.test, network.domain]).toEqual([60, 30, expect.stringMatching(/^(integer|ternary)/)]);
  expect(stderr).toContain('- quantize: 32');
  expect(stderr).not.toContain('held out');
  const planned = await home.runHere(['plan', ...asked, '--sample', '0', '--json']);
  expect(planned.code, planned.stderr).toBe(0);
  const chosen = (text: string): string | undefined => /^chosen: .*$/m.exec(text)?.[0];
  expect(chosen(planned.stderr)).toBe(chosen(stderr));
});

test('a preset that is named is taken for a table, too, without what does not fit', async () => {
  writeFileSync(home.path('t.csv'), table(60));
  const args = ['--preset', 'quickstart', '--set', 'solver.workLimit=10', '--json'];
  const { code, stdout, stderr } = await home.runHere(['train', ...asSettings('t.csv'), '--engine', 'local', ...args]);
  expect(code, stderr).toBe(0);
  expect(stderr).not.toContain('choosing a plan');
  expect(JSON.parse(stdout).dataset.reading).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/dataset\.perClass: 40 of the preset is left out, because class '\w+' of file has \d+/),
      expect.stringMatching(/dataset\.shifts: 4 of the preset is left out/),
    ]),
  );
});

test('a million columns are refused within seconds', async () => {
  const names = Array.from({ length: 1_000_000 }, (_, at) => `c${at}`).join(',');
  writeFileSync(home.path('wide.csv'), `${names},class\n${names},x\n`);
  const { code, stderr } = await home.runHere(documented('wide.csv'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/wide\.csv, line 1: the table has more than 100000 columns, the most that is read/);
});
