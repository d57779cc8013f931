import { fromOnnx, toOnnx } from '@mipnet/network';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Home, type Ended } from './testing/command.js';
import { testTable, trainTable } from './testing/two-tables.js';

// What mipnet prints is pasted into a shell, in another folder; names may come from strangers.

const home = new Home();
/** Many commands one after the other: long only on a busy machine. */
const minutes = 900_000;
vi.setConfig({ testTimeout: minutes, hookTimeout: minutes });
afterAll(() => home.remove());

const folder = 'it\'s "my" data; $(touch PWNED1)';
const net = `${folder}/n;touch PWNED2;.onnx`;
const elsewhere = 'else where';
/** Node and the file, as without the launcher: that can be pasted anywhere. */
const env = { MIPNET_COMMAND: '' };

const paste = (line: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd: home.path(elsewhere), env: { ...home.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code as unknown as number), stdout, stderr }),
    );
  });

let summary = '';
const lineOf = (name: string): string => new RegExp(`^${name} +(.*)$`, 'm').exec(summary)![1];

beforeAll(async () => {
  mkdirSync(home.path(folder));
  mkdirSync(home.path(elsewhere));
  writeFileSync(home.path(`${folder}/t;touch PWNED3;.csv`), trainTable.replace('class', "the 'class'; touch PWNED4"));
  writeFileSync(home.path(`${folder}/e & f.csv`), testTable.replace('class', "the 'class'; touch PWNED4"));
  writeFileSync(
    home.path(`${folder}/plan.yaml`),
    [
      'dataset:',
      '  name: csv',
      '  file: t;touch PWNED3;.csv',
      '  test: e & f.csv',
      '  class: "the \'class\'; touch PWNED4"',
      '  validationPerClass: 0',
      'network: [{dense: 2, weights: "integer(15)"}]',
      'solver: {workLimit: 5000}',
    ].join('\n'),
  );
  const trained = await home.run(['train', `${folder}/plan.yaml`, '--engine', 'local', '--out', net], env);
  expect(trained.code, trained.stderr).toBe(0);
  summary = trained.stdout;
});

test('the end of a training names its run, and next steps that work when pasted', async () => {
  expect(summary).toMatch(/^accuracy +98\.00% on 50 test samples/);
  expect(await paste(lineOf('check it'))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^98\.00% of 50 test samples of csv \(49 right\), the test rows of its run\n/),
  });

  const proved = await paste(lineOf('prove it'));
  expect(proved.code, proved.stderr).toBe(0);
  expect(proved.stdout).toMatch(/ of 10 in /);

  const page = await paste(lineOf('report'));
  expect(page.code, page.stderr).toBe(0);
  expect(page.stdout).toContain(join('runs', lineOf('run'), 'report.html'));
});

/** The commands of a page, as its reader copies them. */
function commandsOf(file: string): string[] {
  const entities: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  const [, text] = /(?:computed again:<\/p>|>Ask again<\/h2>)\s*<pre>([^]*?)<\/pre>/.exec(readFileSync(file, 'utf8'))!;
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (entity) => entities[entity]).split('\n');
}

test("the commands of a training's report give its figures", async () => {
  const page = await home.run(['report', lineOf('run')], env);
  const [evaluate, watch, report] = commandsOf(page.stdout.trim());
  expect(JSON.parse((await paste(evaluate)).stdout)).toMatchObject({
    accuracy: { test: 0.98 },
    dataset: { test: 50, sameAsRun: true },
  });
  expect(JSON.parse((await paste(watch)).stdout)).toMatchObject({ run: lineOf('run'), accuracy: { test: 0.98 } });
  expect((await paste(report)).stdout).toBe(page.stdout);
});

test("the commands of a verification's report ask the same again", async () => {
  const weights = 'w;touch PWNED5;.json';
  writeFileSync(home.path(weights), '[1, null]');
  const asked = await home.run(
    [
      'verify',
      net,
      '--images',
      '3,5',
      '--epsilon',
      '0.01',
      '--weights',
      weights,
      '--file',
      `${folder}/t;touch PWNED3;.csv`,
      '--set',
      "dataset.class=the 'class'; touch PWNED4",
      '--engine',
      'local',
      '--json',
    ],
    env,
  );
  expect(asked.code, asked.stderr).toBe(0);
  const { run, results } = JSON.parse(asked.stdout) as { run: string; results: { verdict: string; bound: number }[] };
  const page = await home.run(['report', run], env);
  const again = await paste(`${commandsOf(page.stdout.trim())[0]} --json`);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({
    run: null,
    results: results.map(({ verdict, bound }) => ({ verdict, bound })),
  });
});

test('a network of a stranger whose file has a name like a command', async () => {
  const name = '-n;touch PWNED6;\n.onnx';
  writeFileSync(home.path(name), toOnnx({ ...fromOnnx(readFileSync(home.path(net))), metadata: undefined }));
  const asked = await home.run(
    [
      'verify',
      `./${name}`,
      '--dataset',
      'csv',
      '--file',
      `${folder}/e & f.csv`,
      '--class',
      "the 'class'; touch PWNED4",
      '--images',
      '0',
      '--epsilon',
      '0.01',
      '--engine',
      'local',
      '--json',
    ],
    env,
  );
  expect(asked.code, asked.stderr).toBe(0);
  const page = await home.run(['report', (JSON.parse(asked.stdout) as { run: string }).run], env);
  const again = await paste(commandsOf(page.stdout.trim()).slice(0, -1).join('\n'));
  expect(again.code, again.stderr).toBe(0);
});

test('messages name commands that work: stop, report and resume of what has ended', async () => {
  const { code, stderr } = await home.run(['stop', lineOf('run')], env);
  expect(code).toBe(2);
  const watched = await paste(/; "(.*)" writes its network/.exec(stderr)![1]);
  expect(watched.stdout).toMatch(/^accuracy +98\.00% on 50/);
  const last = await home.run(['report', 'last'], env);
  expect(last.stderr).toMatch(/^last is \S+ \(training, completed\)$/m);
});

test('nothing that stands in a name was run', () => {
  const made = [...readdirSync(home.folder, { recursive: true })].filter((name) =>
    /(^|\/)PWNED\d?$/.test(String(name)),
  );
  expect(made).toEqual([]);
  expect(existsSync('PWNED')).toBe(false);
});
