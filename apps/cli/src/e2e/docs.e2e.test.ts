import { writeNpyHeader } from '@mipnet/dataset';
import { hasDebianProgram, pythonWithSolvers } from '@mipnet/solver/testing/installed-solvers';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home, slowDigits, tinyDigits, vnnlibProgram } from './testing/command.js';
import { commandsOf, docPages, type DocCommand } from './testing/doc-commands.js';
import { isNightly } from './testing/nightly.js';
import { wordsOfLine } from './testing/parse-command.js';

// Commands of README and docs are run as they stand there, but for two things: words in capitals become files and runs
// of this test, and options that make the work small are appended. So many run always that each option of each command
// is in one of them; all run with MIPNET_NIGHTLY=1. docs-commands.unit.test.ts has the parsers read every one.

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const home = new Home();
/**
 * These pages are sessions, whose commands use each other's files: they are run as a whole, see docs-applying.e2e and
 * tutorials.e2e.
 */
const isSession = (page: string): boolean => page === 'docs/applying.md' || page.startsWith('docs/tutorial-');
const commands = docPages()
  .filter((page) => !isSession(page))
  .flatMap((page) => commandsOf(page));

/** The last value of a key counts: these make every training small, whatever its preset. */
const smallTraining = [
  '--set',
  'dataset={name: digits, perClass: 2, validationPerClass: 5}',
  '--set',
  'solver={workLimit: 3}',
];
/** The same for a preset whose network has one output: it takes a table with two classes. */
const smallTwoClasses = [
  '--set',
  'dataset={file: table.csv, class: class, validationPerClass: 5}',
  '--set',
  smallTraining[3],
];
/** In this process: the workers of the kept stack have HiGHS alone. */
const smallTrainingBySolver = ['--set', smallTraining[1], '--set', 'solver.timeLimit=0.1s', '--engine', 'local'];
const smallVerification = ['--dataset', 'digits', '--images', '0..1', '--time-limit', '5'];

/** What the words in capitals stand for. */
const files: Readonly<Record<string, string>> = {
  'NET.onnx': 'net.onnx',
  'TABLE-NET.onnx': 'table.onnx',
  NAME: 'pair 0v1',
  'PLAN.yaml': 'plan.yaml',
  'SWEEP.yaml': 'sweep.yaml',
  'TABLE.csv': 'table.csv',
  IMAGES: 'images',
  COLUMN: 'class',
  FOLDER: 'folder',
  'X.npy': 'x.npy',
  'y.npy': 'labels.npy',
  'PROPERTY.vnnlib.gz': 'property.vnnlib.gz',
  'PROPERTY.vnnlib': 'P.vnnlib',
  'WEIGHTS.json': 'weights.json',
  'cbc:/opt/cbc/bin/cbc': 'cbc',
};

/** Interpreter that has the Python packages of solvers. */
const python = await pythonWithSolvers();
const hasCbc = hasDebianProgram('cbc', 'coinor-cbc');
const ofPython = /\b(highs-native|scip|cp-sat|gurobi)\b/;
const namesSolver = (text: string): boolean => /--solver|backend:/.test(text);
const isSolverMissing = (text: string): boolean =>
  namesSolver(text) && ((/\bcbc\b/.test(text) && !hasCbc) || (ofPython.test(text) && python === undefined));

/** The words that a shell makes of the text, without the program, and with files instead of words in capitals. */
function wordsOf(text: string): string[] {
  return wordsOfLine(text).map((word) => {
    const name = Object.keys(files).find((known) => word === known || word.endsWith(`=${known}`));
    if (word.startsWith('plans/')) return `${root}${word}`;
    return name === undefined ? word : word.replace(name, files[name]);
  });
}

const ours = commands.filter(({ text }) => text.startsWith('./mipnet '));
const nameOf = ({ text }: DocCommand): string => text.split(' ')[1];

/** These change what a command is given or prints, not what it does. */
const minor = new Set([
  '--set',
  '--out',
  '--json',
  '--preset',
  '--time-limit',
  '--slots',
  '--price',
  '--detach',
  '--class',
]);
/** A command's name, and its name with each of the options that change what it does. */
const kindsOf = (command: DocCommand): readonly string[] => {
  const options = (command.text.match(/--[a-z][a-z0-9-]*/g) ?? []).filter((option) => !minor.has(option));
  return ['', ...options].map((option) => `${nameOf(command)} ${option}`);
};
const isFirst = <Item>(keyOf: (item: Item) => string, items: readonly Item[]): ((item: Item) => boolean) => {
  const firsts = new Map([...items].reverse().map((item) => [keyOf(item), item]));
  return (item) => firsts.get(keyOf(item)) === item;
};
/** The same line on a second page adds nothing. */
const different = ours.filter(isFirst(({ text }) => text, ours));
/** So few that each kind is in one of them: commands with many kinds first. */
const chosen = new Set<DocCommand>();
const covered = new Set<string>();
for (const command of [...different].sort((one, other) => kindsOf(other).length - kindsOf(one).length)) {
  if (kindsOf(command).every((kind) => covered.has(kind))) continue;
  chosen.add(command);
  for (const kind of kindsOf(command)) covered.add(kind);
}

/** The commands with one of these names that run now: those that are chosen, or at night all. */
const casesOf = (...names: string[]): [string, DocCommand][] =>
  different
    .filter((command) => names.includes(nameOf(command)) && (isNightly || chosen.has(command)))
    .map((command) => [`${command.place} ${command.text}`, command]);
/** The same for commands that may name a solver: those whose solver this machine has, and the others. */
const casesBySolver = (...names: string[]): [there: [string, DocCommand][], missing: [string, DocCommand][]] => {
  const cases = casesOf(...names);
  return [
    cases.filter(([, { text }]) => !isSolverMissing(text)),
    cases.filter(([, { text }]) => isSolverMissing(text)),
  ];
};
const solverEnv = python === undefined ? {} : { MIPNET_PYTHON: python };

/** Runs a command that ends by itself; its stdout. The commands of most other tests are processes of their own. */
async function succeeds(
  args: readonly string[],
  codes: readonly number[] = [0],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, stdout, stderr } = await home.runHere(args, env);
  expect(codes, `${args.join(' ')} ended with ${code}\n${stderr}`).toContain(code);
  return stdout;
}

/** A run that takes long, on the kept server; its id. */
const startLongRun = async (): Promise<string> =>
  (JSON.parse(await succeeds(['train', ...slowDigits, '--detach', '--json'])) as { run: string }).run;

/** A training that has ended; its id. */
let endedRun: Promise<string> | undefined;
const runThatEnded = (): Promise<string> =>
  (endedRun ??= succeeds(['train', ...tinyDigits, '--json']).then(
    (stdout) => (JSON.parse(stdout) as { run: string }).run,
  ));

let address: string;

beforeAll(async () => {
  const rows = Array.from(
    { length: 110 },
    (_, row) =>
      `${row % 9},${(row * 7) % 13},${['clerk', 'cook', 'smith'][row % 3]},${row % 2},` +
      `${(row % 9) + ((row * 7) % 13) > 10 ? 'yes' : 'no'}`,
  );
  writeFileSync(home.path('table.csv'), ['age,income,job,sex,class', ...rows].join('\n'));
  writeFileSync(
    home.path('plan.yaml'),
    [
      'dataset: {name: digits, perClass: 2, validationPerClass: 5}',
      'network: [{dense: 1, activation: sign}]',
      'splits: [pairs]',
      'objectives: [{fit: {margin: 4, sparsity: 1}}]',
      'solver: {workLimit: 3}',
    ].join('\n'),
  );
  writeFileSync(
    home.path('sweep.yaml'),
    'plan: plan.yaml\n' +
      'sweep: {vary: {objectives.0.fit.margin: [2, 4]}, variants: [{name: plain}, {name: few, set: {seed: 1}}]}',
  );
  writeFileSync(
    home.path('x.npy'),
    Buffer.concat([writeNpyHeader('float32', [3, 784]), Buffer.from(new Float32Array(3 * 784).buffer)]),
  );
  const labels = Buffer.from(BigInt64Array.of(0n, 1n, 2n).buffer);
  writeFileSync(home.path('labels.npy'), Buffer.concat([writeNpyHeader('int64', [3]), labels]));
  for (const [shade, name] of ['dark', 'light'].entries())
    for (let k = 0; k < 6; k++) {
      const png = new PNG({ width: 4, height: 4 });
      png.data.fill(60 + 100 * shade + 10 * k);
      for (let at = 3; at < png.data.length; at += 4) png.data[at] = 255;
      mkdirSync(home.path(`images/${name}`), { recursive: true });
      writeFileSync(home.path(`images/${name}/${k}.png`), PNG.sync.write(png, { colorType: 0 }));
    }
  writeFileSync(home.path('weights.json'), JSON.stringify(Array.from({ length: 784 }, () => 1)));
  const inputs = Array.from(
    { length: 784 },
    (_, i) => `(declare-const X_${i} Real)(assert (>= X_${i} 0.1))(assert (<= X_${i} 0.2))`,
  );
  const outputs = Array.from({ length: 10 }, (_, i) => `(declare-const Y_${i} Real)`);
  const property = [...inputs, ...outputs, '(assert (>= Y_0 1000))'].join('\n');
  writeFileSync(home.path('P.vnnlib'), property);
  writeFileSync(home.path('property.vnnlib.gz'), gzipSync(property));
  await succeeds(['train', ...tinyDigits, '--engine', 'local', '--out', 'net.onnx']);
  const table = ['--preset', 'table', '--set', 'dataset.file=table.csv', '--set', 'dataset.class=class'];
  await succeeds(['train', ...table, '--engine', 'local', '--out', 'table.onnx']);
  address = (await succeeds(['up', '--slots', '2'])).match(/^Temporal +(\S+)/m)![1];
});
afterAll(async () => {
  await home.run(['down']);
  home.remove();
});

test('every command of README and docs is of a kind that is run here', () => {
  const kinds = [
    'train',
    'plan',
    'evaluate',
    'verify',
    'check',
    'encode',
    'predict',
    'export',
    'report',
    'runs',
    'compare',
    'sweep',
    'watch',
    'pause',
    'resume',
    'stop',
    'up',
    'down',
    'worker',
    'test',
    'build',
    '--help',
  ];
  expect(ours.length).toBeGreaterThan(30);
  expect(ours.filter((command) => !kinds.includes(nameOf(command)))).toEqual([]);
  // The files that these write are read by later commands.
  for (const option of ['--plan-out', '--certificate'])
    expect(ours.some(({ text }) => text.includes(option))).toBe(true);
});

test.skipIf(isNightly)('nightly (MIPNET_NIGHTLY=1): every command; now each option runs once', () => {
  expect(covered).toEqual(new Set(ours.flatMap(kindsOf)));
  expect(chosen.size).toBeLessThan(different.length);
});

/** The network goes to a file that no other command reads. */
const elsewhere = (args: readonly string[]): string[] =>
  args.map((word, at) => (args[at - 1] === '--out' && word === 'net.onnx' ? 'trained.onnx' : word));

/** Trainings of minutes, even on few rows: their plans are read, and a MIP of theirs is measured. */
const isLong = ({ text }: DocCommand): boolean => /\{branches:|few-shot-proven|columns-images/.test(text);

describe('trains, and plans', () => {
  const [all, missing] = casesBySolver('train', 'plan');
  const cases = all.filter(([, command]) => !isLong(command));
  test.each(all.filter(([, command]) => isLong(command)))('plan: %s', async (_, { text }) => {
    await succeeds(['plan', ...wordsOf(text).slice(1), ...smallTraining]);
  });
  test.each(cases)('%s', async (_, { text }) => {
    // A table of one's own is small already, and the point of its command.
    const args = wordsOf(text);
    const small = args.includes('columns-table')
      ? smallTwoClasses
      : namesSolver(text)
        ? smallTrainingBySolver
        : smallTraining;
    const isSmall = args.some(
      (word) => word.startsWith('dataset.file=') || ['table.csv', 'images', 'chosen.yaml'].includes(word),
    );
    const fewNeurons = args.includes('few-shot') ? ['--set', 'network.0.dense=9'] : [];
    await succeeds(isSmall ? elsewhere(args) : elsewhere([...args, ...small, ...fewNeurons]), [0], solverEnv);
  });
  test.skip.each(missing)('%s', () => undefined);
});

describe('sweeps', () => {
  const isOfPage = ([place]: [string, DocCommand]): boolean => place.startsWith('docs/sweep.md');
  /** The first values of a key, of a plan's own table. */
  const fewer = (word: string): string =>
    word
      .replace(/=(\d+)\.\.\d+$/, '=0..1')
      .replace(/:\d+$/, ':2')
      .replace(/=([^,]+,[^,]+),.*$/, '=$1');
  const table = ['--set', 'dataset={file: table.csv, class: class, validationPerClass: 5}'];
  const coarse = ['--set', 'network=[{averagePool: 4}, {dense: 1, activation: sign}]'];
  test.each(casesOf('sweep').filter(isOfPage))('%s', async (_, { text }) => {
    const args = elsewhere(wordsOf(text).map((word, at, all) => (all[at - 1] === '--folds' ? '2' : fewer(word))));
    const small = text.includes('heart') ? table : text.includes('PLAN.yaml') ? coarse : [];
    await succeeds([...args, ...small, '--engine', 'local']);
  });
  // The sweeps that chose the presets, and the study, take minutes to hours: docs-commands.unit.test.ts reads them.
});

describe('asks about a network', () => {
  test.each(casesOf('evaluate', 'encode', 'predict', 'export'))('%s', async (_, { text }) => {
    const args = wordsOf(text);
    await succeeds(args[0] === 'encode' && args.includes('--images') ? [...args, '--dataset', 'digits'] : args);
  });
  const [cases, missing] = casesBySolver('verify');
  test.each(cases)('%s', async (_, { text }) => {
    const args = wordsOf(text);
    const namesRows = ['--vnnlib', '--input', '--rows', '--file'].some((option) => args.includes(option));
    const small = namesRows
      ? ['--time-limit', '5']
      : args.includes('--certificate')
        ? ['--dataset', 'digits', '--time-limit', '60']
        : smallVerification;
    await succeeds([...args, ...small, '--engine', 'local'], [0], solverEnv);
  });
  test.skip.each(missing)('%s', () => undefined);
  // The certificates are those that the commands before have written.
  test.each(casesOf('check'))('%s', async (_, { text }) => {
    await succeeds(wordsOf(text));
  });
});

describe('steers runs on a server', () => {
  test.each(casesOf('runs', 'report'))('%s', async (_, { text }) => {
    const run = await runThatEnded();
    await succeeds(wordsOf(text).map((word) => (/^(RUN|[ABC])$/.test(word) ? run : word)));
  });
  test.each(casesOf('pause', 'stop', 'watch', 'resume'))('%s', async (_, { text }) => {
    const args = wordsOf(text);
    const ends = args[0] === 'watch' || args.includes('--from');
    // The last run may have been stopped before it had a network.
    if (ends && args.includes('last')) endedRun = undefined;
    const run = await (ends ? runThatEnded() : startLongRun());
    // The last run may be one that was stopped here: its network is usable and incomplete, which is exit code 3.
    const small = args.includes('--from') ? ['--set', 'solver.workLimit=40'] : [];
    await succeeds(
      [...args.map((word) => (word === 'RUN' ? run : word)), ...small],
      args[0] === 'watch' ? [0, 3] : [0],
    );
    if (!ends) await succeeds(['stop', run]).catch(() => undefined);
  });
});

// A study (compare) takes a quarter of an hour: docs-commands.unit.test.ts reads the commands, and
// compare.e2e.test.ts runs a small one.

describe('keeps servers and workers', () => {
  test.each(casesOf('up', 'down'))('%s', async (_, { text }) => {
    const other = new Home();
    try {
      const { code, stderr } = await other.run(wordsOf(text));
      expect(code, stderr).toBe(0);
    } finally {
      await other.run(['down']);
      other.remove();
    }
  });
  test.each(casesOf('worker'))('%s', async (_, { text }) => {
    const worker = home.start(wordsOf(text), {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: 'default',
      MIPNET_STORE: home.path('store'),
    });
    await Promise.race([
      new Promise((resolve) => worker.child.stdout!.once('data', resolve)),
      worker.ended.then(({ stderr }) => Promise.reject(new Error(`the worker ended: ${stderr}`))),
    ]);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });
});

const helps = new Map<string, string>();
/** What a program prints with --help. */
function helpOf(...words: string[]): string {
  const key = words.join(' ');
  if (!helps.has(key)) helps.set(key, execFileSync(process.execPath, [...words, '--help'], { encoding: 'utf8' }));
  return helps.get(key)!;
}

describe('mipnet-vnnlib has every option that the docs give it', () => {
  const its = commands.filter(({ text }) => text.startsWith('./mipnet-vnnlib '));
  test.each(its.map(({ place, text }) => [`${place} ${text}`, text]))('%s', (_, text) => {
    const [, name, ...words] = text.split(/\s+/);
    const help = helpOf(vnnlibProgram, name);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  });
});

describe('a tool has every option that the docs give it', () => {
  const tools = commands.filter(({ text }) => text.startsWith('node tools/'));
  test.each(tools.map(({ place, text }) => [`${place} ${text}`, text]))('%s', (_, text) => {
    const [, program, ...words] = text.split(/\s+/);
    const help = helpOf(`${root}${program}`);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  });
});
