import { toOnnx, type Network } from '@mipnet/network';
import { writeNpyHeader } from '@mipnet/dataset';
import { pythonWith } from '@mipnet/solver/testing/python-environment';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home } from './testing/command.js';

// One network applied by `predict`, `evaluate`, the program in C, and the examples in Python and JavaScript: the same
// classes for every row.

const home = new Home();
const example = (name: string): string => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));
const python = await pythonWith('onnxruntime', ['numpy==2.2.6', 'onnxruntime==1.22.1']);

let state = 5;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state >>> 8) / 2 ** 24;
};

const jobs = ['clerk', 'smith', 'baker, cook', ''];
const rows = Array.from({ length: 300 }, (_, id) => {
  const [age, job, height] = [Math.floor(18 + 60 * random()), jobs[Math.floor(4 * random())], 150 + 50 * random()];
  const kind = age > 50 ? 'old' : job === 'smith' ? 'strong' : height > 180 ? 'tall, thin' : 'other';
  return { id, age: random() < 0.1 ? NaN : age, job, height: Number(height.toFixed(1)), kind };
});
const cell = (text: string): string => (text.includes(',') ? `"${text}"` : text);
const csv = [
  'id,age,job,height,kind',
  ...rows.map(({ id, age, job, height, kind }) =>
    [id, Number.isNaN(age) ? '' : age, cell(job), height, cell(kind)].join(','),
  ),
].join('\n');

async function ends(code: number, ...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const ended = await home.runHere(args);
  expect(ended.code, `${args.join(' ')}\n${ended.stderr}`).toBe(code);
  return ended;
}

/** The column `prediction` of CSV text; no cell of these rows holds a line end. */
const predictionsOf = (text: string): string[] => {
  const [head, ...lines] = text.trimEnd().split('\n').map(cellsOf);
  return lines.map((cells) => cells[head.indexOf('prediction')]);
};
const cellsOf = (line: string): string[] =>
  [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);

interface Document {
  readonly outputs: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly predictions: readonly string[];
}

beforeAll(() => {
  writeFileSync(home.path('t.csv'), csv);
  writeFileSync(home.path('heights.csv'), 'height,job\n170,clerk\n');
});
afterAll(() => home.remove());

/** A plan of its own, so that none is chosen by cross-validation. */
const oneLayer = [
  'network=[{quantize: 64}, {dense: 1, weights: integer(127), activation: clip, low: -4, high: 4}]',
  ...['splits=[pairs]', 'solver.workLimit=0'],
].flatMap((setting) => ['--set', setting]);

describe('a network of a table', () => {
  let document: Document;

  test('is trained, and predicts the rows of its table', async () => {
    const options = { name: 'csv', file: 't.csv', class: 'kind', ignore: ['id'], testFraction: 0.5 };
    const set = Object.entries(options).flatMap(([key, value]) => ['--set', `dataset.${key}=${JSON.stringify(value)}`]);
    await ends(0, 'train', ...set, ...oneLayer, '--engine', 'local', '--out', 'net.onnx');
    document = JSON.parse((await ends(0, 'predict', 'net.onnx', 't.csv', '--json')).stdout) as Document;
    expect(document.classes).toEqual(['old', 'other', 'strong', 'tall, thin']);
    expect(document.outputs).toHaveLength(300);
    expect(document.predictions.filter((name, row) => name === rows[row].kind).length).toBeGreaterThan(200);
  });

  test('writes the columns of the table, the class and the scores', async () => {
    const { stdout } = await ends(0, 'predict', 'net.onnx', 't.csv');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('id,age,job,height,kind,prediction,score_old,score_other,score_strong,"score_tall, thin"');
    expect(lines.slice(1).map((line) => cellsOf(line).slice(0, 4))).toEqual(
      rows.map(({ id, age, job, height }) => [`${id}`, Number.isNaN(age) ? '' : `${age}`, job, `${height}`]),
    );
    expect(predictionsOf(stdout)).toEqual(document.predictions);
    const scores = lines.slice(1).map((line) =>
      cellsOf(line)
        .slice(-4)
        .map((text) => Math.fround(Number(text))),
    );
    expect(scores).toEqual(document.outputs);
  });

  test('predicts the same whatever the order of the columns, and says what values it does not know', async () => {
    const lines = ['job,x,height,age', ...rows.map(({ job, height, age }) => `${cell(job)},0,${height},${age}`)];
    writeFileSync(home.path('other.csv'), [...lines, 'pilot,0,170,30', 'pilot,0,170,30'].join('\n'));
    const { stderr } = await ends(0, 'predict', 'net.onnx', 'other.csv', '--out', 'other-out.csv');
    expect(stderr).toContain("column 'job': 2 rows have values that the training rows did not have: 'pilot' (2)");
    const predictions = predictionsOf(readFileSync(home.path('other-out.csv'), 'utf8'));
    expect(predictions.slice(0, 300)).toEqual(document.predictions);
    expect(predictions).toHaveLength(302);
  });

  test('in C, from the raw numbers, compiled without a warning', async () => {
    await ends(0, 'export', 'net.onnx', '--format', 'c', '--out', '3 nets.c');
    const source = readFileSync(home.path('3 nets.c'), 'utf8');
    expect(source).toContain('int net_3_nets_classify(const float *input)');
    expect(source).toContain(' *   1: job=?\n *   2: job=baker, cook');
    const strict = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-DMIPNET_MAIN'];
    execFileSync('cc', [...strict, home.path('3 nets.c'), '-o', home.path('classify')]);
    const values = ['?', 'baker, cook', 'clerk', 'smith'];
    const inputs = rows.flatMap(({ age, job, height }) => [
      age,
      ...values.map((value) => (value === (job || '?') ? 1 : 0)),
      height,
    ]);
    const bytes = Buffer.from(Float32Array.from(inputs).buffer);
    const classes = execFileSync(home.path('classify'), ['names'], { input: bytes, encoding: 'utf8' });
    expect(classes.trimEnd().split('\n')).toEqual(document.predictions);

    writeFileSync(home.path('raw.npy'), Buffer.concat([writeNpyHeader('float32', [300, 6]), bytes]));
    await ends(0, 'predict', 'net.onnx', 'raw.npy', '--out', 'classes.npy');
    const numbers = new BigInt64Array(new Uint8Array(readFileSync(home.path('classes.npy')).subarray(128)).buffer);
    expect([...numbers].map((index) => document.classes[Number(index)])).toEqual(document.predictions);
  });

  test.skipIf(python === undefined)('in Python, from the table and from the raw numbers', () => {
    for (const file of ['t.csv', 'raw.npy']) {
      const text = execFileSync(python!, [example('python/predict.py'), home.path('net.onnx'), home.path(file)], {
        encoding: 'utf8',
      });
      expect(predictionsOf(text)).toEqual(document.predictions);
    }
  });

  test('in JavaScript', () => {
    const args = [example('javascript/predict.mjs'), home.path('net.onnx'), home.path('t.csv')];
    const text = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => /^(.*?)(,-?[\d.e-]+){4}$/.exec(line)![1]),
    ).toEqual(document.predictions);
  });

  test.each([
    ['a missing column', ['net.onnx', 'heights.csv'], "has no column 'age'"],
    ['rows that are not there', ['net.onnx', 'none.csv'], 'there is no such file'],
    ['two outputs', ['net.onnx', 't.csv', '--json', '--out', 'y.csv'], '--out, not both'],
    ['an unknown format', ['net.onnx', 't.csv', '--out', 'y.txt'], 'must end in .csv or .npy'],
  ])('%s: refused, and no file is written', async (_, args, why) => {
    const before = readdirSync(home.folder);
    expect((await ends(2, 'predict', ...args)).stderr).toContain(why);
    expect(readdirSync(home.folder)).toEqual(before);
  });
});

/** Filters of 5 x 5, steps, an average pool, real weights. */
const images: Network = {
  inputShape: [1, 12, 12],
  layers: [
    {
      kind: 'conv2d',
      inputChannels: 1,
      outputChannels: 6,
      groups: 1,
      kernel: [5, 5],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights: Float64Array.from({ length: 150 }, () => Math.floor(3 * random()) - 1),
      bias: Float64Array.from({ length: 6 }, () => 1 / 510),
    },
    { kind: 'activation', activation: 'step' },
    { kind: 'averagePool2d', kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], countIncludePad: false },
    { kind: 'flatten' },
    {
      kind: 'dense',
      inputs: 96,
      outputs: 4,
      weights: Float64Array.from({ length: 384 }, () => 2 * random() - 1),
      bias: new Float64Array(4),
    },
  ],
};

describe('a network of images', () => {
  test('gives the same classes for bytes and for pixels, and in Python', async () => {
    writeFileSync(home.path('images.onnx'), toOnnx(images));
    const bytes = Uint8Array.from({ length: 200 * 144 }, () => Math.floor(256 * random()));
    const pixels = Float32Array.from(bytes, (byte) => byte / 255);
    const header = Buffer.from(writeNpyHeader('float32', [200, 12, 12]));
    writeFileSync(home.path('pixels.npy'), Buffer.concat([header, Buffer.from(pixels.buffer)]));
    header.write('|u1', header.indexOf('<f4'), 'latin1');
    writeFileSync(home.path('bytes.npy'), Buffer.concat([header, bytes]));

    const ofPixels = await ends(0, 'predict', 'images.onnx', 'pixels.npy');
    const ofBytes = await ends(0, 'predict', 'images.onnx', 'bytes.npy');
    expect(ofBytes.stderr).toContain('pixels from 0 to 255');
    expect(ofBytes.stdout).toBe(ofPixels.stdout);
    const predictions = predictionsOf(ofPixels.stdout);
    expect(new Set(predictions).size).toBeGreaterThan(1);
    await ends(0, 'predict', 'images.onnx', 'bytes.npy', '--scores', '--out', 'scores.npy');
    expect(readFileSync(home.path('scores.npy')).length).toBe(128 + 4 * 4 * 200);
    if (python === undefined) return;
    const args = [example('python/predict.py'), home.path('images.onnx'), home.path('bytes.npy')];
    expect(predictionsOf(execFileSync(python, args, { encoding: 'utf8' }))).toEqual(predictions);
  });
});
