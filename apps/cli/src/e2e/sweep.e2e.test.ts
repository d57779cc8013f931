import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** Drawn digits, 45 small MIPs per training. */
const plan = [
  'name: small',
  'dataset: {name: digits, perClass: 4, validationPerClass: 5}',
  'network: [{averagePool: 4}, {dense: 1, weights: ternary, activation: sign}]',
  'splits: [pairs]',
  'objectives: [{fit: {margin: 4, sparsity: 1}}]',
  'solver: {workLimit: 5}',
].join('\n');
const table = [
  'name: rows',
  'dataset: {file: rows.csv, class: class, validationPerClass: 12}',
  'network: [{quantize: 16}, {dense: 1, weights: integer(15)}]',
  'objectives: [{fit: {margin: 4, sparsity: 0.1}}]',
  'solver: {workLimit: 5}',
].join('\n');

beforeAll(() => {
  writeFileSync(home.path('small.yaml'), plan);
  writeFileSync(home.path('table.yaml'), table);
  const rows = Array.from({ length: 150 }, (_, row) => {
    const [age, income] = [row % 9, (row * 7) % 13];
    return `${age},${income},${age + income + ((row * 5) % 4) > 11 ? 'yes' : 'no'}`;
  });
  writeFileSync(home.path('rows.csv'), ['age,income,class', ...rows].join('\n'));
});

interface Network {
  readonly name: string;
  readonly setting: number;
  readonly file: string;
  readonly rows: { readonly train: number; readonly test: number };
  readonly accuracy: { readonly test: number };
}
interface Report {
  readonly run: string;
  readonly settings: readonly {
    readonly name: string;
    readonly chosen: number;
    readonly validation: { readonly mean: number; readonly count: number } | null;
    readonly failed: number;
  }[];
  readonly runs: readonly { readonly setting: number; readonly repeat: number; readonly validation: number | null }[];
  readonly chosen: readonly { readonly division: string; readonly setting: number | null }[];
  readonly final: {
    readonly test: { readonly mean: number; readonly count: number };
    readonly networks: readonly Network[];
  };
}

const margins = ['--vary', 'objectives.0.fit.margin=2,8'];
const local = ['--engine', 'local'];

async function sweeps(args: readonly string[], code = 0): Promise<{ report: Report; stderr: string }> {
  const ended = await home.runHere(['sweep', ...args, '--json']);
  expect(ended.code, ended.stderr).toBe(code);
  return { report: JSON.parse(ended.stdout), stderr: ended.stderr };
}

describe('2 settings on 2 draws', () => {
  test('--final none compares the settings, and trains no last network', async () => {
    const { report } = await sweeps(['small.yaml', ...margins, '--final', 'none', ...local]);
    expect(report.settings.every(({ validation }) => validation!.mean > 0)).toBe(true);
    expect([report.chosen, report.final]).toEqual([[], null]);
  });

  test('one run: what is best on validation rows is written, evaluated, listed and drawn', async () => {
    const { report, stderr } = await sweeps([
      'small.yaml',
      ...margins,
      '--repeat',
      'seed=0..1',
      '--out',
      'net.onnx',
      ...local,
    ]);
    expect(stderr).toContain('sweeping small: 2 settings, 2 repeats, 1 round');
    const { settings, runs, chosen, final } = report;
    expect(settings.map(({ name }) => name)).toEqual(['margin=2', 'margin=8']);
    expect(runs).toHaveLength(4);
    const means = settings.map(({ validation }) => validation!.mean);
    const best = means[0] >= means[1] ? 0 : 1;
    expect(chosen).toEqual([{ division: '', setting: best, name: settings[best].name }]);
    expect(settings.map((setting) => setting.chosen)).toEqual([0, 1].map((at) => Number(at === best)));
    expect(final.networks.map(({ name, setting, rows }) => [name, setting, rows.train])).toEqual([
      ['seed=0', best, 40],
      ['seed=1', best, 40],
    ]);
    expect(final.networks[0].file).toBe(home.path('net.onnx'));
    expect(final.test.mean).toBeCloseTo((final.networks[0].accuracy.test + final.networks[1].accuracy.test) / 2, 12);
    // The file alone gives the figures of the report.
    const evaluated = await home.runHere(['evaluate', 'net.onnx', '--json']);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ accuracy: { test: final.networks[0].accuracy.test } });
    const listed = await home.runHere(['runs', '--json']);
    expect(JSON.parse(listed.stdout)[0] ?? JSON.parse(listed.stdout).runs[0]).toMatchObject({
      run: report.run,
      kind: 'sweep',
      status: 'completed',
    });
    const page = await home.runHere(['report', report.run, '--out', 'page.html']);
    expect(page.code, page.stderr).toBe(0);
    expect(readFileSync(home.path('page.html'), 'utf8')).toMatch(/<svg[^]*margin=8[^]*chosen/);
    // The same network as that of `train` with this setting.
    const train = ['train', 'small.yaml', '--set', `objectives.0.fit.margin=${best === 0 ? 2 : 8}`, '--set', 'seed=0'];
    const trained = await home.runHere([
      ...train,
      '--set',
      'dataset.validationPerClass=0',
      '--out',
      'alone.onnx',
      ...local,
    ]);
    expect(trained.code, trained.stderr).toBe(0);
    expect(readFileSync(home.path('alone.onnx')).equals(readFileSync(home.path('net.onnx')))).toBe(true);
    // Watching a run that has ended prints its result again.
    const watched = await home.runHere(['watch', report.run]);
    expect(watched.stdout).toMatch(/\| margin=8[^]*final {8}\d+\.\d+% \+- \d+\.\d+ on the test rows, over 2 networks/);
  });
});

describe('divisions of a table', () => {
  test('one winner per division, by its own validation rows, on its own test rows', async () => {
    const { report } = await sweeps(['table.yaml', ...margins, '--repeat', 'dataset.splitSeed=0..1', ...local]);
    const { runs, chosen, final } = report;
    expect(chosen.map(({ division }) => division)).toEqual(['splitSeed=0', 'splitSeed=1']);
    for (const [division, { setting }] of chosen.entries()) {
      const own = runs.filter(({ repeat }) => repeat === division);
      expect(own[setting!].validation).toBe(Math.max(...own.map(({ validation }) => validation!)));
    }
    expect(final.networks.map(({ name }) => name)).toEqual(['splitSeed=0', 'splitSeed=1']);
    // All training rows: those kept for validation are among them.
    expect(final.networks.map(({ rows }) => rows.train + rows.test)).toEqual([150, 150]);
    for (const { file, accuracy } of final.networks) {
      const evaluated = await home.runHere(['evaluate', file, '--json']);
      expect(JSON.parse(evaluated.stdout)).toMatchObject({ accuracy: { test: accuracy.test } });
    }
  });

  test('folds of the training rows decide', async () => {
    const { report } = await sweeps(['table.yaml', ...margins, '--folds', '3', ...local]);
    expect(report.settings.map(({ validation }) => validation!.count)).toEqual([3, 3]);
    expect(report.final.networks.map(({ rows }) => rows.train + rows.test)).toEqual([150]);
  });
});

describe('on a server', () => {
  test('the same networks; killed in the middle, `resume` completes it with the same bytes', async () => {
    // Long enough that it is in the middle when it shows its progress for the second time.
    const long = ['--set', 'solver={workLimit: 20, reuse: false}'];
    const args = ['sweep', 'small.yaml', ...margins, ...long, '--json'];
    const whole = await home.run([...args, ...local, '--out', 'whole.onnx']);
    expect(whole.code, whole.stderr).toBe(0);
    const killed = home.start([...args, '--engine', 'temporal', '--slots', '1', '--out', 'resumed.onnx']);
    await killed.said(/MIPs \|[^]*MIPs \|/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    // While its server dies it is unreachable.
    const lostRun = async (): Promise<{ readonly run: string }> => {
      const listed: readonly { readonly run: string; readonly status: string }[] = JSON.parse(
        (await home.runHere(['runs', '--json'])).stdout,
      );
      return listed.find(({ status }) => status === 'lost') ?? lostRun();
    };
    const { run } = await lostRun();
    const resumed = await home.run(['resume', run, '--json']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(readFileSync(home.path('resumed.onnx')).equals(readFileSync(home.path('whole.onnx')))).toBe(true);
    const same = ({ settings, chosen }: Report): unknown => [settings.map(({ validation }) => validation), chosen];
    expect(same(JSON.parse(resumed.stdout))).toEqual(same(JSON.parse(whole.stdout)));
  });

  test('a stop keeps the results so far, and ends with 3', async () => {
    // So many that a fast machine is far from the end when the first of them are done.
    const many = ['--vary', 'objectives.0.fit.margin=1..8', '--repeat', 'seed=0..9', '--set', 'solver.workLimit=500'];
    const args = ['small.yaml', ...many, '--set', 'solver.reuse=false', '--json'];
    const running = home.start(['sweep', ...args, ...local, '--slots', '1']);
    await running.said(/ [1-9]\d*\/\d+ MIPs/);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(3);
    const report: Report = JSON.parse(stdout);
    expect(report.runs.some(({ validation }) => validation === null)).toBe(true);
    expect([report.chosen, report.final.networks]).toEqual([[], []]);
  });
});

describe('bad input is refused before anything starts', () => {
  test.each<[string, string[], RegExp]>([
    [
      'an unknown key, with the message of --set',
      ['--vary', 'objectives.0.fit.margn=1,2'],
      /objectives\.0\.fit has no key 'margn'.*Did you mean margin\?/,
    ],
    [
      'a wrong value, with its key',
      ['--vary', 'objectives.0.fit.margin=4,-8'],
      /margin is -8.*\(in the setting objectives\.0\.fit\.margin=-8\)/,
    ],
    ['an empty range', ['--vary', 'seed=5..1'], /--vary seed=5\.\.1: the range is empty/],
    [
      'ten thousand settings',
      ['--vary', 'seed=1..100', '--vary', 'objectives.0.fit.margin=1..100'],
      /10000 settings; one round may have 1500/,
    ],
    [
      'a last round that is left out and changed',
      [...margins, '--final', 'none', '--final', 'seed=1'],
      /--final none leaves out the last round: leave out --final seed=1/,
    ],
    [
      'other test rows per setting',
      ['--set', 'dataset={name: digits}', '--vary', 'dataset.splitSeed=0,1'],
      /have other test rows/,
    ],
    [
      'a repeat that repeats nothing',
      [...margins, '--repeat', 'budget.subproblems=500,600'],
      /are the same training of digits/,
    ],
    ['nothing', [], /there is nothing to sweep/],
    ['no validation rows', [...margins, '--set', 'dataset.validationPerClass=0'], /keeps no validation rows/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await home.runHere(['sweep', 'small.yaml', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(home.path('home/data/runs/small-sweep'))).toBe(false);
  });
});
