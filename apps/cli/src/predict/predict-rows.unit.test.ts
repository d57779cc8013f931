import type { InputColumn } from '@mipnet/dataset';
import { writeNpyHeader } from '@mipnet/dataset';
import type { Layer, Network } from '@mipnet/network';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowSource } from './batch.js';
import { float32Text } from './number-text.js';
import { csvWriter, jsonWriter, npyWriter, type Scored } from './result-writers.js';
import { arrayRows, tableRows } from './row-sources.js';
import { wholeFile } from './whole-stream.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-predict-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const number = (name: string): InputColumn => ({
  kind: 'number',
  name,
  low: 0,
  high: 1,
  fill: 7,
  sd: 1,
  integer: false,
});
const columns: readonly InputColumn[] = [
  number('age'),
  { kind: 'category', name: 'job', values: ['?', 'clerk', 'smith'] },
  number('height'),
];
const dense = (inputs: number, outputs = 2): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: new Float64Array(inputs * outputs),
  bias: new Float64Array(outputs),
});
const filled = (size: number): Network => ({
  inputShape: [size],
  layers: [{ kind: 'fill', values: new Float64Array(size) }, dense(size)],
});
const bare = (size: number): Network => ({ inputShape: [size], layers: [dense(size)] });
const images: Network = { inputShape: [1, 2, 2], layers: [{ kind: 'flatten' }, dense(4)] };

async function inputsOf(source: RowSource, most = 2): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { inputs, count } of source.batches(most))
    for (let row = 0; row < count; row++)
      rows.push([...inputs.subarray((row * inputs.length) / count, ((row + 1) * inputs.length) / count)]);
  return rows;
}

async function table(text: string, network = filled(5), known: readonly InputColumn[] | null = columns) {
  const path = join(folder, 'rows.csv');
  await writeFile(path, text);
  return tableRows(path, network, known === null ? undefined : { class: 'ok', columns: known });
}

describe('rows of a table', () => {
  it('are found by name, whatever the order; a missing number is NaN and a missing value is ?', async () => {
    const source = await table('height,x,job,age\n1.5,q,smith,3\n,q,,4\nNA,q,?,"1,000"\n');
    expect(await inputsOf(source)).toEqual([
      [3, 0, 0, 1, 1.5],
      [4, 1, 0, 0, NaN],
      [1000, 1, 0, 0, NaN],
    ]);
    expect(source.notes()).toEqual([]);
  });

  it('may have values that training has not seen: they are counted and have no 1', async () => {
    const source = await table(['age,job,height', '1,baker,2', '1,baker,2', '1,clerk,2', '1,cook,2'].join('\n'));
    expect(await inputsOf(source)).toEqual([
      [1, 0, 0, 0, 2],
      [1, 0, 0, 0, 2],
      [1, 0, 1, 0, 2],
      [1, 0, 0, 0, 2],
    ]);
    expect(source.notes()).toEqual([
      "column 'job': 3 rows have values that the training rows did not have: 'baker' (2), 'cook' (1); such a row " +
        "counts as none of the column's values",
    ]);
  });

  it('may be written with decimal commas and percent signs', async () => {
    const source = await table('age;job;height\n1,5;clerk;10%\n2;clerk;20.5%\n');
    expect(await inputsOf(source)).toEqual([
      [1.5, 0, 1, 0, 10],
      [2, 0, 1, 0, 20.5],
    ]);
  });

  it.each([
    ['age,height\n1,2\n', "has no column 'job', which the network needs. It has age, height"],
    ['age,job,height,age\n1,clerk,2,3\n', "has two columns 'age'"],
    ['age,job,height\n1,clerk,2\nold,clerk,2\n', "line 3, column 'age': 'old' is not a number; correct it"],
    ['age,job,height\n1e99,clerk,2\n', "line 2, column 'age': '1e99' is beyond the range of float32"],
    ['age,job,height\ninf,clerk,2\n', "'inf' is beyond the range of float32"],
  ])('%j is refused: %s', async (text, why) => {
    await expect(table(text).then((source) => inputsOf(source))).rejects.toThrow(why);
  });

  it('of a network that names no columns are its columns of numbers', async () => {
    const text = 'name,a,b\nx,1,2\ny,3,4\n';
    expect(await inputsOf(await table(text, bare(2), null))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    await expect(table(text, bare(3), null)).rejects.toThrow('takes 3 numbers, and');
    const gap = await table('name,a,b\nx,1,2\ny,3,\n', bare(2), null);
    await expect(inputsOf(gap)).rejects.toThrow('rows.csv, line 3, input 1: the number is missing (NaN)');
  });
});

async function array(
  type: 'float32' | 'uint8' | 'int64',
  shape: number[],
  numbers: readonly number[],
  network: Network,
  columnsOf?: readonly InputColumn[],
): Promise<{ readonly source: RowSource; readonly said: readonly string[] }> {
  const path = join(folder, 'x.npy');
  const header = Buffer.from(writeNpyHeader('float32', shape));
  const [code, data] = {
    float32: ['<f4', () => Float32Array.from(numbers)] as const,
    uint8: ['|u1', () => Uint8Array.from(numbers)] as const,
    int64: ['<i8', () => BigInt64Array.from(numbers, BigInt)] as const,
  }[type];
  header.write(code, header.indexOf('<f4'), 'latin1');
  const bytes = new Uint8Array(data().buffer);
  await writeFile(path, Buffer.concat([header, bytes]));
  const said: string[] = [];
  const inputs = columnsOf && { class: 'ok', columns: columnsOf };
  return { source: await arrayRows(path, network, inputs, (line) => said.push(line)), said };
}

describe('rows of an array', () => {
  it('are taken as they are', async () => {
    const { source, said } = await array('float32', [3, 2], [1, 2, NaN, 4, 5, 255], filled(2));
    expect([source.count, said]).toEqual([3, []]);
    expect(await inputsOf(source)).toEqual([
      [1, 2],
      [NaN, 4],
      [5, 255],
    ]);
  });

  it.each([[[1, 2, 2]], [[1, 1, 2, 2]], [[1, 4]]])('of bytes of shape %j are pixels, which is said', async (shape) => {
    const { source, said } = await array('uint8', shape, [0, 51, 102, 255], images);
    expect(await inputsOf(source)).toEqual([[0, 51, 102, 255].map((byte) => Math.fround(byte / 255))]);
    expect(said).toEqual([expect.stringContaining('divided by 255')]);
  });

  it('of other whole numbers are pixels, too, if the network takes images', async () => {
    const { source } = await array('int64', [1, 2, 2], [0, 51, 102, 255], images);
    expect(await inputsOf(source)).toEqual([[0, 51, 102, 255].map((byte) => Math.fround(byte / 255))]);
    const wrong = await array('int64', [2, 2, 2], [0, 51, 102, 255, 0, 0, 256, 0], images);
    await expect(inputsOf(wrong.source)).rejects.toThrow('x.npy, row 1, input 2: 256 is no pixel');
    const vector = await array('int64', [1, 2], [7, 300], filled(2));
    expect(await inputsOf(vector.source)).toEqual([[7, 300]]);
  });

  it('of numbers above 1 for a network of images are taken as they are, which is said', async () => {
    const { source, said } = await array('float32', [1, 2, 2], [0, 51, 102, 255], images);
    expect(await inputsOf(source)).toEqual([[0, 51, 102, 255]]);
    expect(said).toEqual([expect.stringContaining('there are numbers above 1')]);
  });

  it('of bytes for a network of a table are numbers', async () => {
    const { source, said } = await array('uint8', [1, 1], [9], filled(1), [number('age')]);
    expect([await inputsOf(source), said]).toEqual([[[9]], []]);
  });

  it('like the one of the training may have unread columns and codes of categories', async () => {
    const codes: readonly InputColumn[] = [number('x3'), { kind: 'category', name: 'x1', values: ['1', '2'] }];
    const numbers = [9, 2, 9, 0.1, 9, 7, 9, NaN, 9, 1, 9, 5];
    const { source } = await array('float32', [3, 4], numbers, filled(3), codes);
    expect(await inputsOf(source)).toEqual([
      [Math.fround(0.1), 0, 1],
      [NaN, 0, 0],
      [5, 1, 0],
    ]);
    expect(source.notes()).toEqual([expect.stringContaining("column 'x1': 1 row has a value")]);
  });

  it.each<[number[], readonly number[], Network, string]>([
    [[2, 3], [1, 2, 3, 4, 5, 6], filled(2), 'has the shape (2, 3), and the network takes rows of 2'],
    [[2], [1, 2], filled(2), 'give one row as X.reshape(1, -1)'],
    [[1, 4, 1], [1, 2, 3, 4], images, 'the network takes rows of 1 x 2 x 2'],
    [[0, 2], [], filled(2), 'it has no rows'],
    [[2, 2], [1, 2, 3, NaN], bare(2), 'x.npy, row 1, input 1: the number is missing (NaN)'],
    [[2, 2], [1, 2, Infinity, 4], filled(2), 'x.npy, row 1, input 0: the number is infinite'],
  ])('of shape %j with %j are refused', async (shape, numbers, network, why) => {
    const read = array('float32', shape, numbers, network).then(({ source }) => inputsOf(source));
    await expect(read).rejects.toThrow(why);
  });
});

const outputs = { count: 2, classNames: ['no', 'ye,s'] };
const scored: Scored = {
  batch: {
    inputs: new Float32Array(4),
    count: 2,
    cells: [
      ['1', 'a "b"'],
      ['2', 'c;d'],
    ],
  },
  scores: Float32Array.of(0.1, -3, 1e-7, 5),
  classes: Int32Array.of(0, 1),
};
const source = (columnNames: string[], delimiter = ','): RowSource => ({
  table: { columnNames, hasHeader: true, delimiter },
  notes: () => [],
  batches: () => {
    throw new Error('nobody reads it');
  },
});

async function written(make: (sink: Awaited<ReturnType<typeof wholeFile>>) => ReturnType<typeof jsonWriter>) {
  const path = join(folder, 'out');
  const sink = await wholeFile(path);
  const writer = make(sink);
  await writer.begin();
  await writer.add(scored);
  await writer.add(scored);
  await writer.end(4);
  await sink.finish('head' in writer ? (writer as ReturnType<typeof npyWriter>).head(4) : undefined);
  return readFile(path);
}

describe('results', () => {
  it('as CSV have the columns of the table, prediction and scores', async () => {
    const text = (await written((sink) => csvWriter(sink, source(['x', 'y, z']), outputs))).toString();
    expect(text.split('\n')).toEqual([
      'x,"y, z",prediction,score_no,"score_ye,s"',
      '1,"a ""b""",no,0.1,-3',
      '2,c;d,"ye,s",1e-7,5',
      '1,"a ""b""",no,0.1,-3',
      '2,c;d,"ye,s",1e-7,5',
      '',
    ]);
    const other = (await written((sink) => csvWriter(sink, source(['x', 'y'], ';'), outputs))).toString();
    expect(other.split('\n')[2]).toBe('2;"c;d";ye,s;1e-7;5');
  });

  it('as CSV are refused if the table has such a column', async () => {
    const sink = await wholeFile(join(folder, 'never'));
    expect(() => csvWriter(sink, source(['prediction']), outputs)).toThrow("has a column 'prediction' already");
    await sink.abandon();
    expect(await readdir(folder)).not.toContain('never');
  });

  it('as .npy are classes or scores', async () => {
    const classes = await written((sink) => npyWriter(sink, 'classes', outputs));
    expect(classes.subarray(0, 128).toString('latin1')).toContain(
      "'descr': '<i8', 'fortran_order': False, 'shape': (4,)",
    );
    expect([...new BigInt64Array(new Uint8Array(classes.subarray(128)).buffer)]).toEqual([0n, 1n, 0n, 1n]);
    const scores = await written((sink) => npyWriter(sink, 'scores', outputs));
    expect(scores.subarray(0, 128).toString('latin1')).toContain("'shape': (4, 2)");
    expect(new Float32Array(new Uint8Array(scores.subarray(128)).buffer).subarray(0, 4)).toEqual(scored.scores);
  });

  it('as JSON are outputs, classes and predictions', async () => {
    const document = JSON.parse((await written((sink) => jsonWriter(sink, outputs))).toString());
    const rows = [
      [Math.fround(0.1), -3],
      [Math.fround(1e-7), 5],
    ];
    expect(document).toEqual({
      outputs: [...rows, ...rows],
      classes: ['no', 'ye,s'],
      predictions: ['no', 'ye,s', 'no', 'ye,s'],
    });
  });

  it('leave no part of a file behind, and say if it cannot be written', async () => {
    const sink = await wholeFile(join(folder, 'partial'));
    await sink.write('half');
    await sink.abandon();
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
    await expect(wholeFile(join(folder, 'none', 'x'))).rejects.toThrow('could not be written');
  });
});

it('float32 numbers have the shortest text that gives them back', () => {
  expect([0.1, 1 / 3, 16777216, -2.5, 1e-7, 123456.79].map((x) => float32Text(Math.fround(x)))).toEqual([
    '0.1',
    '0.33333334',
    '16777216',
    '-2.5',
    '1e-7',
    '123456.79',
  ]);
});
