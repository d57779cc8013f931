import { seededRandom } from '@mipnet/dataset';
import { fromOnnx, toOnnx } from '@mipnet/network';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Home, type Ended } from './testing/command.js';
import { testTable, trainTable } from './testing/two-tables.js';

// `evaluate NET` scores the rows that the run called its test rows, or says why it cannot.

const home = new Home();
/** Many commands one after the other: long only on a busy machine. */
const minutes = 900_000;
vi.setConfig({ testTimeout: minutes, hookTimeout: minutes });
const elsewhere = new Home();
afterAll(() => {
  home.remove();
  elsewhere.remove();
});

/** Random labels: the accuracy on any other rows is another one. */
function randomTable(): string {
  const random = seededRandom(5, 'random labels');
  const row = (): string =>
    [...Array.from({ length: 6 }, () => random.uniform().toFixed(3)), random.integer(2) ? 'yes' : 'no'].join(',');
  return `f0,f1,f2,f3,f4,f5,class\n${Array.from({ length: 300 }, row).join('\n')}\n`;
}

const testFile =
  'dataset: {name: csv, file: tables/tr.csv, test: tables/te.csv, class: class, validationPerClass: 0}\n' +
  'network: [{dense: 2, weights: "integer(15)"}]\nsolver: {workLimit: 5000}\n';
const fraction =
  'dataset: {name: csv, file: tables/random.csv, class: class, validationPerClass: 0, splitSeed: 3, ' +
  'examples: 24, testFraction: 0.5}\n' +
  'network: [{dense: 2, weights: "integer(7)"}]\nsolver: {workLimit: 200}\n';
const headless =
  'dataset: {name: csv, file: tables/headless.csv, class: -1, header: false, categorical: [column 0], ' +
  'validationPerClass: 0, testFraction: 0.4, splitSeed: 2}\n' +
  'network: [{dense: 2, weights: "integer(7)"}]\nsolver: {workLimit: 200}\n';

interface Evaluated {
  readonly dataset: { readonly test: number; readonly sameAsRun: boolean | null; readonly note: string | null };
  readonly accuracy: { readonly test: number };
}

const figures: Record<string, { readonly accuracy: number; readonly test: number }> = {};

async function train(name: string): Promise<void> {
  const { code, stdout, stderr } = await home.runHere([
    'train',
    `${name}.yaml`,
    '--engine',
    'local',
    '--slots',
    '1',
    '--out',
    `${name}.onnx`,
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  const { accuracy, dataset } = JSON.parse(stdout) as { accuracy: { test: number }; dataset: { test: number } };
  figures[name] = { accuracy: accuracy.test, test: dataset.test };
}

async function evaluated(args: readonly string[], of: Home = home): Promise<Evaluated> {
  const { code, stdout, stderr } = await of.runHere(['evaluate', ...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Evaluated;
}

async function refused(args: readonly string[], sentence: RegExp, of: Home = home): Promise<void> {
  const { code, stdout, stderr }: Ended = await of.runHere(args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(sentence);
}

beforeAll(async () => {
  mkdirSync(home.path('tables'));
  writeFileSync(home.path('tables/tr.csv'), trainTable);
  writeFileSync(home.path('tables/te.csv'), testTable);
  writeFileSync(home.path('tables/random.csv'), randomTable());
  // Codes of a category that look like numbers, and no header.
  writeFileSync(
    home.path('tables/headless.csv'),
    Array.from(
      { length: 60 },
      (_, row) => `${row % 3},${(row * 7) % 13},${(row * 7) % 13 > 5 || row % 3 === 1 ? 'p' : 'q'}`,
    ).join('\n'),
  );
  for (const [name, text] of Object.entries({ testFile, fraction, headless }))
    writeFileSync(home.path(`${name}.yaml`), text);
  for (const name of ['testFile', 'fraction', 'headless']) await train(name);
});

test('a table with a test table of its own: 98.00% of 50 in training and by evaluate', async () => {
  expect(figures.testFile).toEqual({ accuracy: 0.98, test: 50 });
  const text = await home.runHere(['evaluate', 'testFile.onnx']);
  expect(text).toMatchObject({
    code: 0,
    stdout: [
      '98.00% of 50 test samples of csv (49 right), the test rows of its run',
      'balanced accuracy 87.50%, F1 0.923, AUC 0.674',
      'true   no  yes',
      'no      3    1',
      'yes     0   46',
      '',
    ].join('\n'),
  });
});

test.each(['testFile', 'fraction', 'headless'])(
  '%s: evaluate without options gives the figure of the run, to the row',
  async (name) => {
    const { dataset, accuracy } = await evaluated([`${name}.onnx`]);
    expect({ accuracy: accuracy.test, test: dataset.test }).toEqual(figures[name]);
    expect(dataset).toMatchObject({ sameAsRun: true, note: null });
  },
);

test('testFraction 0.5 with splitSeed 3 is half of the rows, and another seed is said to be another', async () => {
  expect(figures.fraction.test).toBe(150);
  const other = await home.runHere(['evaluate', 'fraction.onnx', '--split-seed', '0']);
  expect(other.stdout).toMatch(/^\d+\.\d+% of 150 test samples of csv \(\d+ right\), not the test rows of its run\n/);
  expect(other.stderr).toContain('splitSeed is 0, the run had 3');
  expect(await evaluated(['fraction.onnx', '--split-seed', '3'])).toMatchObject({ dataset: { sameAsRun: true } });
});

test("a run's table is known by its content, wherever it is given", async () => {
  copyFileSync(home.path('tables/tr.csv'), home.path('moved.csv'));
  copyFileSync(home.path('tables/te.csv'), home.path('moved test.csv'));
  for (const args of [
    ['--file', 'moved.csv'],
    ['--test', 'moved test.csv'],
    ['--dataset', 'csv', '--file', 'moved test.csv', '--class', 'class'],
    ['--file', 'moved.csv', '--test', 'moved test.csv'],
  ])
    expect(await evaluated(['testFile.onnx', ...args]), args.join(' ')).toMatchObject({
      accuracy: { test: 0.98 },
      dataset: { test: 50, sameAsRun: true },
    });
});

test("all rows of another table are scored by the network's columns, and said to be others", async () => {
  // All of the test table but its last row: by a scaling of its own it would be other inputs.
  writeFileSync(home.path('other.csv'), testTable.trimEnd().split('\n').slice(0, -1).join('\n'));
  const all = await evaluated(['testFile.onnx', '--file', 'other.csv']);
  expect(all.dataset).toMatchObject({
    test: 49,
    sameAsRun: false,
    note: 'these are all rows of other.csv, not the test rows of the run that trained testFile.onnx',
  });
  expect(Math.round(all.accuracy.test * 49)).toBeGreaterThanOrEqual(48);
});

test("verify and encode take the run's test rows", async () => {
  const { code, stdout, stderr } = await home.runHere([
    'verify',
    'testFile.onnx',
    '--images',
    '0..49',
    '--epsilon',
    '0',
    '--engine',
    'local',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).totals).toMatchObject({ queries: 50, misclassified: 1, robust: 49 });
  await refused(
    ['verify', 'testFile.onnx', '--images', '50', '--epsilon', '0', '--engine', 'local'],
    /there is no row 50 among 50/,
  );
  expect(
    (await home.runHere(['encode', 'testFile.onnx', '--images', '49', '--epsilon', '0.1', '--out', 'm.lp'])).code,
  ).toBe(0);
});

test('the file names plan and data by hashes that anybody can compute, and no place of this machine', () => {
  const { metadata } = fromOnnx(readFileSync(home.path('testFile.onnx')));
  const hash = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');
  expect(metadata!['mipnet.plan']).toContain('test: tables/te.csv');
  expect(metadata!['mipnet.plan.sha256']).toBe(hash(metadata!['mipnet.plan']));
  expect(JSON.parse(metadata!['mipnet.data.files'])).toEqual({ file: hash(trainTable), test: hash(testTable) });
  expect(JSON.stringify(metadata)).not.toContain(home.folder);
});

test('the same plan and data elsewhere, named by absolute paths, give the same bytes', async () => {
  writeFileSync(elsewhere.path('plan.yaml'), testFile);
  mkdirSync(elsewhere.path('tables'));
  for (const table of ['tr.csv', 'te.csv'])
    copyFileSync(home.path(`tables/${table}`), elsewhere.path(`tables/${table}`));
  const bytes = async (of: Home, set: readonly string[] = []): Promise<Buffer> => {
    const { code, stderr } = await of.runHere([
      'train',
      of.path(of === home ? 'testFile.yaml' : 'plan.yaml'),
      ...set,
      '--engine',
      'local',
      '--out',
      'again.onnx',
    ]);
    expect(code, stderr).toBe(0);
    return readFileSync(of.path('again.onnx'));
  };
  const absolute = (of: Home): string[] => [
    '--set',
    `dataset.file=${of.path('tables/tr.csv')}`,
    '--set',
    `dataset.test=${of.path('tables/te.csv')}`,
  ];
  expect((await bytes(elsewhere)).equals(readFileSync(home.path('testFile.onnx')))).toBe(true);
  expect((await bytes(elsewhere, absolute(elsewhere))).equals(await bytes(home, absolute(home)))).toBe(true);
});

test('tables that are gone or have changed are said to be', async () => {
  const away = new Home();
  try {
    copyFileSync(home.path('testFile.onnx'), away.path('net.onnx'));
    await refused(
      ['evaluate', 'net.onnx'],
      /the table that net\.onnx was trained on, tables\/tr\.csv \(SHA-256 [0-9a-f]{64}\), is not there .*; give it by --file TABLE\.csv$/,
      away,
    );
    // Beside the network is a place to look at.
    for (const table of ['tr.csv', 'te.csv']) copyFileSync(home.path(`tables/${table}`), away.path(table));
    expect(await evaluated(['net.onnx'], away)).toMatchObject({
      accuracy: { test: 0.98 },
      dataset: { sameAsRun: true },
    });
    writeFileSync(away.path('te.csv'), testTable.replace('yes', 'no'));
    await refused(['evaluate', 'net.onnx'], /te\.csv has changed since net\.onnx was trained on it: .* --test /, away);
    expect(await evaluated(['net.onnx', '--test', 'te.csv'], away)).toMatchObject({
      dataset: { test: 50, sameAsRun: false },
    });
    writeFileSync(away.path('z.csv'), testTable.replaceAll('yes', 'maybe'));
    await refused(
      ['evaluate', 'net.onnx', '--dataset', 'csv', '--file', 'z.csv', '--class', 'class', '--test-fraction', '0.5'],
      /the outputs of net\.onnx are the classes no,yes; csv has maybe, no\. Give the classes the same names/,
      away,
    );
    renameSync(away.path('tr.csv'), away.path('x.csv'));
    writeFileSync(away.path('y.csv'), testTable.replace('yes', 'no'));
    expect(await evaluated(['net.onnx', '--file', 'y.csv'], away)).toMatchObject({
      dataset: {
        // Its columns are in the network's file: the table that it was trained on is not needed.
        test: 50,
        sameAsRun: false,
        note: expect.stringMatching(/^these are all rows of y\.csv, not the test rows of the run/),
      },
    });
    await refused(
      ['verify', 'net.onnx', '--images', '0', '--epsilon', '0.1'],
      /the table that net\.onnx was trained on, .* is not there/,
      away,
    );
  } finally {
    away.remove();
  }
});

test.skipIf(!process.env.MIPNET_DATA)(
  'heart with splitSeed 7: 67.21% of 61 in training and by evaluate (with MIPNET_DATA)',
  async () => {
    writeFileSync(
      home.path('heart.yaml'),
      'name: h\ndataset: {name: heart, examples: 60, validationPerClass: 0, splitSeed: 7}\nnetwork: ' +
        '[{dense: 2, weights: "integer(3)"}]\nsolver: {workLimit: 3000}\n',
    );
    const trained = await home.runHere(['train', 'heart.yaml', '--engine', 'local', '--out', 'heart.onnx']);
    expect(trained.stdout).toMatch(/^accuracy +67\.21% on 61 test samples/);
    for (const args of [[], ['--dataset', 'heart'], ['--split-seed', '7']])
      expect((await home.runHere(['evaluate', 'heart.onnx', ...args])).stdout).toMatch(
        /^67\.21% of 61 test samples of heart \(41 right\), the test rows of its run\n/,
      );
    const other = await home.runHere(['evaluate', 'heart.onnx', '--split-seed', '0']);
    expect(other.stdout).toMatch(/80\.33% of 61 .*, not the test rows of its run\n/);
    expect(other.stderr).toContain('splitSeed is 0, the run had 7');
  },
);

test('a network from elsewhere names no data: mnist is a guess that is said to be one, or refused', async () => {
  const dense = (inputs: number, outputs: number): Uint8Array =>
    toOnnx({
      inputShape: [inputs],
      layers: [
        {
          kind: 'dense',
          inputs,
          outputs,
          weights: new Float64Array(inputs * outputs).fill(1),
          bias: new Float64Array(outputs),
        },
      ],
    });
  writeFileSync(home.path('stranger.onnx'), dense(30, 2));
  for (const args of [
    ['evaluate', 'stranger.onnx'],
    ['verify', 'stranger.onnx', '--images', '0', '--epsilon', '0.1'],
    ['encode', 'stranger.onnx', '--images', '0', '--epsilon', '0.1', '--out', 'm.lp'],
  ])
    await refused(
      args,
      /stranger\.onnx does not say which data set it was trained on; it takes 30 numbers and tells 2 classes apart: give --dataset NAME, or --file TABLE\.csv and --class COLUMN$/,
    );
  await refused(
    ['evaluate', 'stranger.onnx', '--dataset', 'csv'],
    /needs the path of a table; give --set dataset\.file=TABLE\.csv$/,
  );
  if (!process.env.MIPNET_DATA) return;
  writeFileSync(home.path('images.onnx'), dense(784, 10));
  const guessed = await home.runHere(['evaluate', 'images.onnx']);
  expect(guessed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^9\.80% of 10000 test samples of mnist \(980 right\)\n/),
  });
  expect(guessed.stderr).toMatch(/^images\.onnx does not say which data set it was trained on; mnist is a guess/);
});

test('a table and its reading can be said for a network from elsewhere', async () => {
  const { metadata: _, ...bare } = fromOnnx(readFileSync(home.path('headless.onnx')));
  writeFileSync(home.path('bare.onnx'), toOnnx(bare));
  const settings = ['dataset.header=false', 'dataset.categorical=[column 0]'].flatMap((setting) => ['--set', setting]);
  const { dataset, accuracy } = await evaluated([
    'bare.onnx',
    '--file',
    'tables/headless.csv',
    '--class',
    '-1',
    '--test-fraction',
    '0.4',
    '--split-seed',
    '2',
    ...settings,
  ]);
  expect({ accuracy: accuracy.test, test: dataset.test }).toEqual(figures.headless);
  expect(dataset.sameAsRun).toBeNull();
});

test('a file of an earlier version, which does not name the split, is said not to', async () => {
  const network = fromOnnx(readFileSync(home.path('fraction.onnx')));
  writeFileSync(
    home.path('old.onnx'),
    toOnnx({ ...network, metadata: { name: 't', dataset: 'csv', classes: 'no,yes' } }),
  );
  const { dataset } = await evaluated(['old.onnx', '--file', 'tables/random.csv', '--class', 'class']);
  expect(dataset).toMatchObject({
    sameAsRun: null,
    note: expect.stringContaining('does not say how its run chose the test rows'),
  });
});

test('what is no key of the data set is refused', async () => {
  await refused(
    ['evaluate', 'testFile.onnx', '--set', 'seed=1'],
    /--set seed=1: of a plan, only keys of its data set count here/,
  );
  await refused(
    ['evaluate', 'testFile.onnx', '--set', 'dataset.heder=false'],
    /dataset has no key 'heder'.*Did you mean header/,
  );
  await refused(['evaluate', 'testFile.onnx', '--dataset', 'digits'], /takes 2 numbers, a row of digits has 784/);
  await refused(
    ['evaluate', 'testFile.onnx', '--dataset', 'digits', '--class', 'x'],
    /--class is about a table of your own/,
  );
});
