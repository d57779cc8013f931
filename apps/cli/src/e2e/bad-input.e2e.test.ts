import { toOnnx } from '@mipnet/network';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home, tinyDigits, type Ended } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

const local = ['train', ...tinyDigits, '--engine', 'local'];

beforeAll(() => {
  writeFileSync(home.path('twice.json'), '[1, 2, 1]');
  writeFileSync(home.path('beyond.json'), '[1, 2, 999999]');
  writeFileSync(home.path('one-class.json'), '[1]');
  writeFileSync(home.path('plan.yaml'), 'network: [{dense: 1}]\nsovler: {workLimit: 5}\n');
  writeFileSync(home.path('not-yaml.yaml'), 'dataset: [\n');
  writeFileSync(home.path('text.onnx'), 'hello\n');
  writeFileSync(home.path('secret.txt'), 'hunter2\n');
  writeFileSync(home.path('file'), '');
  const table = (c: (row: number) => string): string =>
    [
      'a,b,c,y',
      ...Array.from(
        { length: 83 },
        (_, row) => `${row % 7},${(row * 3) % 5},${c(row)},${row < 40 ? 'p' : row < 80 ? 'q' : 'r'}`,
      ),
    ].join('\n');
  writeFileSync(
    home.path('odd.csv'),
    table((row) => (row === 30 ? 'unknown' : '1')),
  );
  writeFileSync(
    home.path('infinite.csv'),
    table((row) => (row === 30 ? '-Infinity' : '1')),
  );
  writeFileSync(
    home.path('constant.csv'),
    table(() => '7'),
  );
  writeFileSync(
    home.path('two.onnx'),
    toOnnx({
      inputShape: [784],
      layers: [
        {
          kind: 'dense',
          inputs: 784,
          outputs: 10,
          weights: new Float64Array(7840).fill(2),
          bias: new Float64Array(10),
        },
      ],
    }),
  );
});

/** A plan of the drawn digits, given by settings alone. */
const digits = (network: string, ...more: readonly string[]): readonly string[] => [
  ...local,
  ...['splits=[]', `network=${network}`, ...more].flatMap((setting) => ['--set', setting]),
];

const csv = (file: string, ...more: readonly string[]): readonly string[] => [
  'train',
  '--engine',
  'local',
  ...[
    'dataset.name=csv',
    `dataset.file=${file}`,
    'dataset.class=y',
    'dataset.shifts=0',
    'dataset.perClass=2',
    'dataset.validationPerClass=1',
    'solver.workLimit=20',
    ...more,
  ].flatMap((setting) => ['--set', setting]),
];

/** Exit 2, nothing on stdout, one sentence at the end of stderr, and no half-written file. */
function expectRefusal({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  const last = stderr.trimEnd().split('\n').at(-1);
  expect(last).toMatch(/^mipnet: /);
  expect(last).toMatch(sentence);
  expect(stderr).not.toMatch(/\n +at /);
  expect(readdirSync(home.folder, { recursive: true }).filter((name) => String(name).endsWith('.part'))).toEqual([]);
}

test.each<[string, readonly string[], RegExp]>([
  ['unknown command', ['trian'], /unknown command 'trian' \(Did you mean train\?\)/],
  ['unknown option', ['train', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
  ['unknown preset', ['train', '--preset', 'nope'], /no preset 'nope'; presets are .*quickstart/],
  [
    'unknown plan key in a file',
    ['train', 'plan.yaml'],
    /plan\.yaml: there is no key 'sovler'; .*Did you mean solver\?/,
  ],
  [
    'unknown plan key by --set',
    [...local, '--set', 'dataset.perclass=3'],
    /dataset has no key 'perclass'; .*Did you mean perClass\?/,
  ],
  ['wrong type', [...local, '--set', 'dataset.perClass=many'], /dataset\.perClass is "many"; it has to be a .*number/],
  ['plan that is not YAML', ['train', 'not-yaml.yaml'], /not-yaml\.yaml.*not valid YAML/],
  ['plan that is not there', ['train', 'nope.yaml'], /nope\.yaml cannot be read/],
  [
    'perClass beyond what exists',
    [...local, '--set', 'dataset.perClass=100000'],
    /100000 rows of class '0' were asked for/,
  ],
  ['index twice', [...local, '--set', 'dataset.indices=twice.json'], /twice\.json.*1 is there twice/],
  ['index out of range', [...local, '--set', 'dataset.indices=beyond.json'], /beyond\.json.*999999, out of range/],
  [
    'empty class',
    [...local, '--set', 'dataset.indices=one-class.json'],
    /one-class\.json: none of the 1 rows is of class/,
  ],
  ['name that would leave its folder', [...local, '--set', 'name=../../evil'], /name.*letters, digits, dots, dashes/],
  [
    'index file that holds something else, which is not shown',
    [...local, '--set', 'dataset.indices=secret.txt'],
    /secret\.txt: (?!.*hunter2).*this is not JSON/,
  ],
  [
    'more parts than a Temporal server takes',
    [...local, '--set', 'network=[{dense: 3001, activation: sign}, {dense: 10}]', '--set', 'splits=[layers, neurons]'],
    /layer 1 divides into 3001 parts; one node may have 3000: put another split above/,
  ],
  [
    'the same, planned',
    [
      'plan',
      ...tinyDigits,
      '--set',
      'network=[{dense: 3001, activation: sign}, {dense: 10}]',
      '--set',
      'splits=[layers, neurons]',
    ],
    /layer 1 divides into 3001 parts/,
  ],
  [
    'store below a file',
    [...local, '--store', 'file/store'],
    /object store .*file\/store cannot be written \(ENOTDIR\)/,
  ],
  [
    'store of no known kind',
    [...local, '--store', 'gs://bucket'],
    /no object store is known for URLs that begin with gs:/,
  ],
  ['--out in no folder', [...local, '--out', 'nope/net.onnx'], /--out nope\/net\.onnx: the folder .* does not exist/],
  ['--out that is a folder', [...local, '--out', '.'], /--out \. is a folder/],
  ['unknown data set', ['train', '--dataset', 'mist', '--engine', 'local'], /no data set 'mist'/],
  [
    'data folder that is not there',
    ['train', '--data', 'nope', '--engine', 'local'],
    /data folder nope does not exist/,
  ],
  ['network file that is none', ['evaluate', 'text.onnx', '--dataset', 'digits'], /text\.onnx: .*not an ONNX model/],
  ['network file that is not there', ['evaluate', 'nope.onnx'], /the network file: nope\.onnx cannot be read/],
  [
    'a relu between real weights',
    digits('[{dense: 2, weights: real, bound: 1, activation: relu}, {dense: 10, weights: real, bound: 1}]'),
    /layer 3 \(dense\) has real weights on inputs that take more than two values, as a relu between real weights/,
  ],
  [
    'real weights without a bound',
    digits('[{dense: 10, weights: real}]'),
    /network\.0\.bound: real weights need a bound/,
  ],
  [
    'a filter of real weights without a bound',
    digits('[{conv: 2, kernel: 5, weights: real, activation: step}, {dense: 10}]', 'splits=[layers]'),
    /network\.0\.bound: real weights need a bound/,
  ],
  [
    'a batch smaller than the number of classes',
    digits('[{dense: 10}]', 'splits=[{batches: {kind: consensus, size: 5}}]'),
    /batches of 5 rows cannot hold all 10 classes; make the batches larger/,
  ],
  [
    'a start outside the domain',
    digits('[{dense: 10}]', 'start=two.onnx'),
    /start: the network has the weight 2 \(number 0 of layer 1\), which is no ternary weight .* give the layer a domain that contains it/,
  ],
  [
    'a start of other layers',
    digits('[{dense: 4, activation: sign}, {dense: 10}]', 'start=two.onnx'),
    /start: the network has 1 layers with weights, the plan's network has 2/,
  ],
  [
    'a start that is not there',
    digits('[{dense: 10}]', 'start=nope.onnx'),
    /the network file: .*nope\.onnx cannot be read/,
  ],
  [
    'a word among numbers in a table',
    csv('odd.csv'),
    /odd\.csv, line 32, column 'c': 'unknown' is not a number, but 82 of 83 values of the column are/,
  ],
  [
    'infinity in a table',
    csv('infinite.csv'),
    /infinite\.csv, line 32, column 'c': '-Infinity' is not a finite number/,
  ],
  [
    'a class in validation that training has not',
    csv('constant.csv', 'dataset={name: csv, file: constant.csv, class: y, examples: 8, validationPerClass: 1}'),
    /class 'r' is in validation but not in training; choose training rows of every class/,
  ],
])('%s', async (_what, args, sentence) => {
  expectRefusal(await home.runHere(args), sentence);
});

test('as a process of its own', async () => {
  expectRefusal(await home.run(['trian']), /unknown command 'trian' \(Did you mean train\?\)/);
  expectRefusal(await home.run(['evaluate', 'nope.onnx']), /the network file: nope\.onnx cannot be read/);
});

test('constant features are left out, and the command says which', async () => {
  const args = csv('constant.csv', 'dataset.validationPerClass=0', 'solver.workLimit=0', 'solver.searchLimit=1');
  const { code, stderr } = await home.runHere(args);
  expect(code).toBe(0);
  expect(stderr).toMatch(/left out, because every training row has the same value: c/);
});

test('a store on a file system that takes no folders is refused, not waited for', async (context) => {
  if (process.platform !== 'linux') context.skip('/proc is Linux');
  const refused = await home.runHere([...local, '--store', '/proc/mipnet']);
  expectRefusal(refused, /object store \/proc\/mipnet cannot be written/);
});

test('--engine temporal if no server is available', async () => {
  const env = {
    PATH: home.path('empty'),
    XDG_CACHE_HOME: home.path('cache'),
    MIPNET_TEMPORAL_BIN: home.path('no-temporal'),
  };
  expectRefusal(
    await home.runHere(['train', ...tinyDigits, '--engine', 'temporal'], env),
    /MIPNET_TEMPORAL_BIN names .*no-temporal/,
  );
});

test('a Temporal server that does not answer', async () => {
  expectRefusal(
    await home.runHere(['train', ...tinyDigits], { TEMPORAL_ADDRESS: '127.0.0.1:1' }),
    /no Temporal server answers at 127\.0\.0\.1:1/,
  );
});

const { MIPNET_DATA } = process.env;

describe.skipIf(!MIPNET_DATA)('damaged MNIST files (with MIPNET_DATA)', () => {
  const name = 't10k-labels-idx1-ubyte.gz';

  const tampered = (folder: string, change: (bytes: Buffer) => Buffer): NodeJS.ProcessEnv => {
    const from = join(MIPNET_DATA ?? '', 'mnist');
    const to = join(home.path(folder), 'mnist');
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(from)) if (file !== name) symlinkSync(join(from, file), join(to, file));
    copyFileSync(join(from, name), home.path('whole.gz'));
    writeFileSync(join(to, name), change(readFileSync(home.path('whole.gz'))));
    return { MIPNET_DATA: home.path(folder) };
  };

  test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['truncated', (bytes) => bytes.subarray(0, bytes.length / 2), /t10k-labels-idx1-ubyte\.gz/],
    ['not gzip', (bytes) => Buffer.from(bytes).fill(7, 0, 20), /t10k-labels-idx1-ubyte\.gz/],
    [
      'other-content',
      (bytes) => {
        const raw = gunzipSync(bytes);
        raw[100] ^= 1;
        return gzipSync(raw);
      },
      /is not MNIST's t10k-labels-idx1-ubyte: the SHA-256/,
    ],
  ])('%s', async (folder, change, sentence) => {
    expectRefusal(await home.runHere(['train', '--engine', 'local'], tampered(folder, change)), sentence);
  });
});
