import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadedDataset } from '../samples.js';
import type { SourceOptions } from './data-source.js';
import { contentOf, loadSource } from './find-source.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-parquet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function written(content: Uint8Array): Promise<string> {
  const path = join(folder, `${files++}.parquet`);
  await writeFile(path, content);
  return path;
}
type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];
const table = (columnData: Columns): Promise<string> =>
  written(new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 100 })));
const load = (path: string, options: SourceOptions = {}): Promise<LoadedDataset> =>
  loadSource(path, { testFraction: 0, class: 'c', ...options }, 'own');

/**
 * 12 rows as pyarrow wrote them, in groups of 5, packed with zstd: i (an integer or null), f (quarters), s ('1', '2',
 * 'x'), b (boolean), d (days from 2020-01-01), dec (decimal quarters), l (a list), c (0, 1, 2).
 */
const fromPyarrow = [
  'UEFSMRUEFUAVPEwVCBUAEgAAKLUv/SAgrQAAcAAAAQACAAQAAAAAAAAAA1QCAAMBFQAVFBUmLBUKFRAVBhUGHAAAACi1L/0gClEAAAIAAAADFw',
  'ID5AAVBBVQFUZMFQoVABIAACi1L/0gKNUAAIAAANA/AODoPwAAAAAAAPA/AwArKUA7OIAFFQAVFhUoLBUKFRAVBhUGHAAAACi1L/0gC1kAAAIA',
  'AAAKAQMDiEYAFQQVHhUwTBUGFQASAAAotS/9IA95AAABAAAAMQEAAAAyAQAAAHgVABUUFSYsFQoVEBUGFQYcAAAAKLUv/SAKUQAAAgAAAAoBAg',
  'MkARUAFQ4VICwVChUAFQYVBhwAAAAotS/9IAc5AAACAAAACgEVFQQVKBU6TBUKFQASAAAotS/9IBShAABWRwAAV0cAAFhHAABZRwAAWkcAABUA',
  'FRYVKCwVChUQFQYVBhwAAAAotS/9IAtZAAACAAAACgEDA4hGABUEFTIVREwVChUAEgAAKLUv/SAZyQAAAAAAAAAAAAAAGQAAAAAyAAAAAEsAAA',
  'AAZBUAFRYVKCwVChUQFQYVBhwAAAAotS/9IAtZAAACAAAACgEDA4hGABUEFRAVIkwVAhUAEgAAKLUv/SAIQQAAAQAAAAAAAAAVABUeFTAsFQoV',
  'EBUGFQYcAAAAKLUv/SAPeQAAAgAAAAoAAgAAAAoDAQoAFQQVMBU6TBUGFQASAAAotS/9IBilAABgAAABAAIAAAAAAAAAAgBg4AFgARUAFRQVJi',
  'wVChUQFQYVBhwAAAAotS/9IApRAAACAAAACgECAyQBFQQVUBVATBUKFQASAAAotS/9ICi9AACABQAGAAcACAAJAAAAAAAAAARUAgADARUAFRYV',
  'KCwVChUQFQYVBhwAAAAotS/9IAtZAAACAAAACgEDA4hGABUEFVAVUEwVChUAEgAAKLUv/SAo/QAAqAAAAAAAAPQ/APj8AEAAAAAAAAACQAMAIM',
  'tK3hYcARUAFRYVKCwVChUQFQYVBhwAAAAotS/9IAtZAAACAAAACgEDA4hGABUEFR4VMEwVBhUAEgAAKLUv/SAPeQAAAQAAAHgBAAAAMQEAAAAy',
  'FQAVFBUmLBUKFRAVBhUGHAAAACi1L/0gClEAAAIAAAAKAQIDJAEVABUOFSAsFQoVABUGFQYcAAAAKLUv/SAHOQAAAgAAAAoBChUEFSgVOkwVCh',
  'UAEgAAKLUv/SAUoQAAW0cAAFxHAABdRwAAXkcAAF9HAAAVABUWFSgsFQoVEBUGFQYcAAAAKLUv/SALWQAAAgAAAAoBAwOIRgAVBBUyFURMFQoV',
  'ABIAACi1L/0gGckAAAAAAAB9AAAAAJYAAAAArwAAAADIAAAAAOEVABUWFSgsFQoVEBUGFQYcAAAAKLUv/SALWQAAAgAAAAoBAwOIRgAVBBUQFS',
  'JMFQIVABIAACi1L/0gCEEAAAEAAAAAAAAAFQAVHhUwLBUKFRAVBhUGHAAAACi1L/0gD3kAAAIAAAAKAAIAAAAKAwEKABUEFTAVMkwVBhUAEgAA',
  'KLUv/SAYhQAAUAIAAQAAAAAAAAABADLAAhUAFRQVJiwVChUQFQYVBhwAAAAotS/9IApRAAACAAAACgECAyQBFQQVIBUyTBUEFQASAAAotS/9IB',
  'CBAAAKAAAAAAAAAAsAAAAAAAAAFQAVEhUkLBUEFRAVBhUGHAAAACi1L/0gCUkAAAIAAAAEAQEDAhUEFSAVMkwVBBUAEgAAKLUv/SAQgQAAAAAA',
  'AAAABEAAAAAAAAAGQBUAFRIVJCwVBBUQFQYVBhwAAAAotS/9IAlJAAACAAAABAEBAwIVBBUUFSZMFQQVABIAACi1L/0gClEAAAEAAAAyAQAAAH',
  'gVABUSFSQsFQQVEBUGFQYcAAAAKLUv/SAJSQAAAgAAAAQBAQMCFQAVDhUgLBUEFQAVBhUGHAAAACi1L/0gBzkAAAIAAAAEAQEVBBUQFSJMFQQV',
  'ABIAACi1L/0gCEEAAGBHAABhRwAAFQAVEhUkLBUEFRAVBhUGHAAAACi1L/0gCUkAAAIAAAAEAQEDAhUEFRQVJkwVBBUAEgAAKLUv/SAKUQAAAA',
  'AAAPoAAAABExUAFRIVJCwVBBUQFQYVBhwAAAAotS/9IAlJAAACAAAABAEBAwIVBBUQFSJMFQIVABIAACi1L/0gCEEAAAEAAAAAAAAAFQAVHhUw',
  'LBUEFRAVBhUGHAAAACi1L/0gD3kAAAIAAAAEAAIAAAAEAwEEABUEFSAVMkwVBBUAEgAAKLUv/SAQgQAAAQAAAAAAAAACAAAAAAAAABUAFRIVJC',
  'wVBBUQFQYVBhwAAAAotS/9IAlJAAACAAAABAEBAwIVBBm8NQAYBnNjaGVtYRUQABUEJQIYAWkAFQolAhgBZgAVDCUCGAFzJQBMHAAAABUAJQIY',
  'AWIAFQIlAhgBZCUMTGwAAAAVDhUKFQIYA2RlYyUKFQQVFCxcFQQVFAAAADUCGAFsFQIVBkw8AAAANQQYBGxpc3QVAgAVBCUCGAdlbGVtZW50AB',
  'UEJQIYAWMAFhgZPBmMJgAcFQQZNQAGEBkYAWkVDBYKFpYBFqQBJmAmCCksFQQVABUCABUAFRAVAgA8KQYZJgIIAAAAJgAcFQoZNQAGEBkYAWYV',
  'DBYKFqgBFrABJo4CJqwBKSwVBBUAFQIAFQAVEBUCADwpBhkmAAoAAAAmABwVDBk1AAYQGRgBcxUMFgoWdBaYASaoAybcAiksFQQVABUCABUAFR',
  'AVAgA8FgoZBhkmAAoAAAAmABwVABklBgAZGAFiFQwWChY0FkYm9ANJHBUAFQAVAgA8KQYZJgAKAAAAJgAcFQIZNQAGEBkYAWQVDBYKFoABFqQB',
  'JpAFJroEKSwVBBUAFQIAFQAVEBUCADwpBhkmAAoAAAAmABwVDhk1AAYQGRgDZGVjFQwWChaKARauASa+BibeBSksFQQVABUCABUAFRAVAgA8KQ',
  'YZJgAKAAAAJgAcFQQZNQAGEBk4AWwEbGlzdAdlbGVtZW50FQwWChZwFpQBJsoHJowHKSwVBBUAFQIAFQAVEBUCADwpJgoAGUYAAAAKAAAAJgAc',
  'FQQZNQAGEBkYAWMVDBYKFoYBFqIBJvYIJqAIKSwVBBUAFQIAFQAVEBUCADwpBhkmAAoAAAAW5gcWCiYIFroJABmMJgAcFQQZNQAGEBkYAWkVDB',
  'YKFqgBFqoBJp4KJsIJKSwVBBUAFQIAFQAVEBUCADwpBhkmAAoAAAAmABwVChk1AAYQGRgBZhUMFgoWqAEWugEm2Asm7AopLBUEFQAVAgAVABUQ',
  'FQIAPCkGGSYACgAAACYAHBUMGTUABhAZGAFzFQwWChZ0FpgBJvIMJqYMKSwVBBUAFQIAFQAVEBUCADwWChkGGSYACgAAACYAHBUAGSUGABkYAW',
  'IVDBYKFjQWRia+DUkcFQAVABUCADwpBhkmAAoAAAAmABwVAhk1AAYQGRgBZBUMFgoWgAEWpAEm2g4mhA4pLBUEFQAVAgAVABUQFQIAPCkGGSYA',
  'CgAAACYAHBUOGTUABhAZGANkZWMVDBYKFooBFq4BJogQJqgPKSwVBBUAFQIAFQAVEBUCADwpBhkmAAoAAAAmABwVBBk1AAYQGTgBbARsaXN0B2',
  'VsZW1lbnQVDBYKFnAWlAEmlBEm1hApLBUEFQAVAgAVABUQFQIAPCkmCgAZRgAAAAoAAAAmABwVBBk1AAYQGRgBYxUMFgoWhgEWmgEmuBIm6hEp',
  'LBUEFQAVAgAVABUQFQIAPCkGGSYACgAAABb4BxYKJsIJFsIJABmMJgAcFQQZNQAGEBkYAWkVDBYEFnQWmAEm0hMmhBMpLBUEFQAVAgAVABUQFQ',
  'IAPCkGGSYABAAAACYAHBUKGTUABhAZGAFmFQwWBBZ0FpgBJuoUJpwUKSwVBBUAFQIAFQAVEBUCADwpBhkmAAQAAAAmABwVDBk1AAYQGRgBcxUM',
  'FgQWaBaMASb2FSa0FSksFQQVABUCABUAFRAVAgA8FgQZBhkmAAQAAAAmABwVABklBgAZGAFiFQwWBBY0FkYmwBZJHBUAFQAVAgA8KQYZJgAEAA',
  'AAJgAcFQIZNQAGEBkYAWQVDBYEFmQWiAEmxBcmhhcpLBUEFQAVAgAVABUQFQIAPCkGGSYABAAAACYAHBUOGTUABhAZGANkZWMVDBYEFmgWjAEm',
  '0BgmjhgpLBUEFQAVAgAVABUQFQIAPCkGGSYABAAAACYAHBUEGTUABhAZOAFsBGxpc3QHZWxlbWVudBUMFgQWcBaUASbYGSaaGSksFQQVABUCAB',
  'UAFRAVAgA8KSYEABlGAAAABAAAACYAHBUEGTUABhAZGAFjFQwWBBZ0FpgBJvwaJq4aKSwVBBUAFQIAFQAVEBUCADwpBhkmAAQAAAAWtAYWBCaE',
  'ExbCCAAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGYwcAAAcAAAcAAAcAAAcAAAcAAAcAAAcAAAAQwYAAFBBUjE=',
].join('');

test('columns have the type that the file says', async () => {
  const path = await written(Buffer.from(fromPyarrow, 'base64'));
  expect(await contentOf(path)).toBe('table');
  const { train, classes, notes } = await load(path, { ignore: ['l'] });
  expect([train.count, classes, [...train.labels.subarray(0, 4)]]).toEqual([12, ['0', '1', '2'], [0, 1, 2, 0]]);
  expect(train.columns).toMatchObject([
    { kind: 'number', name: 'i', low: 0, high: 11, integer: true },
    { kind: 'number', name: 'f', low: 0, high: 2.75, integer: false },
    { kind: 'category', name: 's', values: ['1', '2', 'x'] },
    { kind: 'category', name: 'b', values: ['false', 'true'] },
    { kind: 'number', name: 'd', low: 18_262, high: 18_273 },
    { kind: 'number', name: 'dec', high: 2.75 },
  ]);
  expect([...train.features.subarray(3 * train.size, 4 * train.size)]).toEqual([
    NaN,
    0.75,
    1,
    0,
    0,
    1,
    0,
    18_265,
    0.75,
  ]);
  expect(notes.join('\n')).toContain("column 'd': dates and times are numbers, days since 1970-01-01");
  expect(notes.join('\n')).toContain("column 'dec': decimals are read as float64");
});

test('many rows in several groups, with a test table', async () => {
  const columns = (count: number): Columns => [
    { name: 'n', data: Float64Array.from({ length: count }, (_, row) => row / 8), type: 'DOUBLE' },
    {
      name: 'w',
      data: Array.from({ length: count }, (_, row) => (row % 5 === 0 ? null : `w${row % 3}`)),
      type: 'STRING',
    },
    { name: 'c', data: Array.from({ length: count }, (_, row) => 'xy'[row % 2]), type: 'STRING' },
  ];
  const { train, test: held } = await load(await table(columns(1050)), { test: await table(columns(10)) });
  expect([train.count, held!.count]).toEqual([1050, 10]);
  expect(train.columns![1]).toMatchObject({ kind: 'category', values: ['?', 'w0', 'w1', 'w2'] });
  expect(train.features[1049 * train.size]).toBe(1049 / 8);
});

describe('is refused:', () => {
  const rows: Columns = [
    { name: 'n', data: [1, 2, 3], type: 'DOUBLE' },
    { name: 'c', data: ['x', 'y', 'x'], type: 'STRING' },
  ];
  test.each<[string, () => Promise<string>, SourceOptions, string]>([
    ['a list', () => written(Buffer.from(fromPyarrow, 'base64')), {}, "the column 'l' holds lists or records"],
    ['no class', () => table(rows), { class: undefined }, 'dataset.class in a plan'],
    ['an unknown class', () => table(rows), { class: 'z' }, "has no column 'z'"],
    [
      'a missing class',
      () => table([rows[0], { name: 'c', data: ['x', null, 'y'], type: 'STRING' }]),
      {},
      'row 1: the class',
    ],
    [
      'infinity',
      () => table([{ name: 'n', data: [1, Infinity, 3], type: 'DOUBLE' }, rows[1]]),
      {},
      "row 1, column 'n'",
    ],
    ['an empty table', () => table(rows.map(({ name, type }) => ({ name, type, data: [] }))), {}, 'has no rows'],
    [
      'a file that is cut off',
      () => written(Buffer.from(fromPyarrow, 'base64').subarray(0, 400)),
      {},
      'is not a usable',
    ],
    ['a file of four bytes', () => written(Buffer.from('PAR1')), {}, 'is not a usable Parquet file'],
  ])('%s', async (_, path, options, message) => {
    await expect(path().then((file) => load(file, options))).rejects.toThrow(message);
  });

  test('words where training has numbers', async () => {
    const other = await table([{ name: 'n', data: ['1', '2', '3'], type: 'STRING' }, rows[1]]);
    await expect(load(await table(rows), { test: other })).rejects.toThrow(
      "the column 'n' holds words, and numbers in training",
    );
  });
});
