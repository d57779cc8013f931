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
  writeFileSync(home.path('file'), '');
});

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
  ['unknown plan key in a file', ['train', 'plan.yaml'], /plan\.yaml: there is no key 'sovler'; .*Did you mean solver\?/],
  ['unknown plan key by --set', [...local, '--set', 'dataset.perclass=3'], /dataset has no key 'perclass'; .*Did you mean perClass\?/],
  ['wrong type', [...local, '--set', 'dataset.perClass=many'], /dataset\.perClass is "many"; it has to be a .*number/],
  ['plan that is not YAML', ['train', 'not-yaml.yaml'], /not-yaml\.yaml.*not valid YAML/],
  ['plan that is not there', ['train', 'nope.yaml'], /nope\.yaml cannot be read/],
  ['perClass beyond what exists', [...local, '--set', 'dataset.perClass=100000'], /100000 rows of class '0' were asked for/],
  ['index twice', [...local, '--set', 'dataset.indices=twice.json'], /twice\.json.*1 is there twice/],
  ['index out of range', [...local, '--set', 'dataset.indices=beyond.json'], /beyond\.json.*999999, out of range/],
  ['empty class', [...local, '--set', 'dataset.indices=one-class.json'], /one-class\.json: none of the 1 rows is of class/],
  ['store below a file', [...local, '--store', 'file/store'], /object store .*file\/store cannot be written \(ENOTDIR\)/],
  ['store of no known kind', [...local, '--store', 'gs://bucket'], /no object store is known for URLs that begin with gs:/],
  ['--out in no folder', [...local, '--out', 'nope/net.onnx'], /--out nope\/net\.onnx: the folder .* does not exist/],
  ['--out that is a folder', [...local, '--out', '.'], /--out \. is a folder/],
  ['unknown data set', ['train', '--dataset', 'mist', '--engine', 'local'], /no data set 'mist'/],
  ['data folder that is not there', ['train', '--data', 'nope', '--engine', 'local'], /data folder nope does not exist/],
  ['network file that is none', ['evaluate', 'text.onnx', '--dataset', 'digits'], /text\.onnx: .*not an ONNX model/],
  ['network file that is not there', ['evaluate', 'nope.onnx'], /nope\.onnx: the network file cannot be read/],
])('%s', async (_what, args, sentence) => {
  expectRefusal(await home.run(args), sentence);
});

test('a store on a file system that takes no folders is refused, not waited for', async (context) => {
  if (process.platform !== 'linux') context.skip('/proc is Linux');
  expectRefusal(await home.run([...local, '--store', '/proc/mipnet']), /object store \/proc\/mipnet cannot be written/);
});

test('--engine temporal where no server can be had', async () => {
  const env = { PATH: home.path('empty'), XDG_CACHE_HOME: home.path('cache'), MIPNET_TEMPORAL_BIN: home.path('no-temporal') };
  expectRefusal(await home.run(['train', ...tinyDigits, '--engine', 'temporal'], env), /MIPNET_TEMPORAL_BIN names .*no-temporal/);
});

test('a Temporal server that does not answer', async () => {
  expectRefusal(await home.run(['train', ...tinyDigits], { TEMPORAL_ADDRESS: '127.0.0.1:1' }), /no Temporal server answers at 127\.0\.0\.1:1/);
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
    ['other-content', (bytes) => { const raw = gunzipSync(bytes); raw[100] ^= 1; return gzipSync(raw); }, /is not MNIST's t10k-labels-idx1-ubyte: the SHA-256/],
  ])('%s', async (folder, change, sentence) => {
    expectRefusal(await home.run(['train', '--engine', 'local'], tampered(folder, change)), sentence);
  });
});
