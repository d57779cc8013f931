import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCsv, type CsvOptions } from './csv.js';
import { inputNames } from './input-columns.js';
import { DatasetError } from './dataset-error.js';
import { valuesOf, type Samples } from './samples.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(content: string | Uint8Array, name = 'csv'): Promise<string> {
  const path = join(folder, `${files++}.${name}`);
  await writeFile(path, content);
  return path;
}

const load = async (content: string, options: Omit<CsvOptions, 'file'>): ReturnType<typeof loadCsv> =>
  loadCsv({ testFraction: 0, ...options, file: await file(content) });
const row = (samples: Samples, at: number): number[] => [
  ...valuesOf(samples).subarray(at * samples.size, (at + 1) * samples.size),
];

test('numbers are scaled, words and codes become one feature a value', async () => {
  const { train, test, classes, notes } = await load(
    'age,job,code,answer\n20,cook,1,yes\n40,smith,2,no\n30,cook,3,yes\n',
    {
      class: 'answer',
      categorical: ['code'],
    },
  );
  expect(classes).toEqual(['no', 'yes']);
  expect(inputNames(train.columns!)).toEqual(['age', 'job=cook', 'job=smith', 'code=1', 'code=2', 'code=3']);
  expect(row(train, 0)).toEqual([0, 1, 0, 1, 0, 0]);
  expect(row(train, 1)).toEqual([1, 0, 1, 0, 1, 0]);
  expect(row(train, 2)).toEqual([0.5, 1, 0, 0, 0, 1]);
  expect([...train.labels]).toEqual([1, 0, 1]);
  expect(train.inputShape).toEqual([6]);
  expect(test).toBeNull();
  expect(notes).toEqual([]);
});

test('a byte-order mark, spaces, quotes, blank lines and CRLF are no content', async () => {
  const { train } = await load('\uFEFF"a" , b\r\n"1", x \r\n\r\n2,y\r\n', { class: 'b' });
  expect(inputNames(train.columns!)).toEqual(['a']);
  expect([...train.features]).toEqual([1, 2]);
  expect([...valuesOf(train)]).toEqual([0, 1]);
});

test('without a header the class is a column number, also from the end or as text', async () => {
  for (const column of [2, -1, '2', '-1']) {
    const { train } = await load('1,5,a\n2,6,b\n3,7,a\n', { class: column });
    expect(train.count).toBe(3);
    expect(inputNames(train.columns!)).toEqual(['column 0', 'column 1']);
  }
  const forced = await load('a,x\nb,y\na,y\n', { class: 1, header: false });
  expect(forced.train.count).toBe(3);
});

test('a packed file is read whatever its name', async () => {
  const path = await file(gzipSync('a,c\n1,x\n2,y\n'), 'txt');
  expect((await loadCsv({ file: path, class: 'c', testFraction: 0 })).train.count).toBe(2);
});

test('missing words are a category; missing numbers count as the median, and a note says so', async () => {
  const { train, notes } = await load('n,w,c\n1,?,x\n?,a,y\n5,NA,x\n2,,y\n', { class: 'c' });
  expect(inputNames(train.columns!)).toEqual(['n', 'w=?', 'w=a']);
  expect(row(train, 1)).toEqual([0.25, 0, 1]);
  expect(row(train, 2)).toEqual([1, 1, 0]);
  expect(notes).toEqual([
    "column 'n': 1 of 4 training values are missing ('?') and count as the median, 2",
    "column 'w': 3 of 4 training values are missing ('?', 'NA', empty) and are a category of their own, '?'",
  ]);
});

test('constant columns are left out, and a note says so', async () => {
  const { train, notes } = await load('a,b,d,c\n1,7,k,x\n2,7,k,y\n', { class: 'c' });
  expect(inputNames(train.columns!)).toEqual(['a']);
  expect(notes.join()).toContain('b, d');
  await expect(load('b,c\n7,x\n7,y\n', { class: 'c' })).rejects.toThrow('no column that tells');
});

test('the test file is scaled like the training file and clipped, with a message about unseen values', async () => {
  const test = await file('n,w,c\n9,b,x\n-3,z,y\n');
  const loaded = await load('n,w,c\n0,a,x\n4,b,y\n', { class: 'c', test });
  expect(row(loaded.test!, 0)).toEqual([1, 0, 1]);
  expect(row(loaded.test!, 1)).toEqual([0, 0, 0]);
  expect(loaded.notes.join()).toContain("column 'w': the test part has values that training has not (z)");
});

test('the columns of the test file may be in another order, beside others', async () => {
  const loaded = await load('n,w,c\n0,a,x\n4,b,y\n', {
    class: 'c',
    test: await file('c,more,w,n\nx,7,b,2\ny,8,a,4\n'),
  });
  expect(row(loaded.test!, 0)).toEqual([0.5, 0, 1]);
  expect(row(loaded.test!, 1)).toEqual([1, 1, 0]);
  expect([...loaded.test!.labels]).toEqual([0, 1]);
});

test('a full stop after every class of the test file does not count, and a note says so', async () => {
  const loaded = await load('n,c\n0,x\n4,y\n', { class: 'c', test: await file('n,c\n1,y.\n2,x.\n') });
  expect([...loaded.test!.labels]).toEqual([1, 0]);
  expect(loaded.notes.join()).toContain('full stop');
});

test('the split is stratified, seeded, and scaling sees the training part only', async () => {
  const text = `n,c\n${Array.from({ length: 100 }, (_, i) => `${i},${i % 4 === 0 ? 'x' : 'y'}`).join('\n')}\n`;
  const options = { class: 'c', testFraction: 0.2 } as const;
  const { train, test } = await load(text, { ...options, seed: 1 });
  expect([train.count, test!.count]).toEqual([80, 20]);
  expect(test!.labels.filter((label) => label === 0).length).toBe(5);
  expect([Math.min(...valuesOf(train)), Math.max(...valuesOf(train))]).toEqual([0, 1]);
  expect((await load(text, { ...options, seed: 1 })).train.features).toEqual(train.features);
  expect((await load(text, { ...options, seed: 2 })).train.features).not.toEqual(train.features);
});

test('a class with one row stays in training', async () => {
  const { train, test } = await load('n,c\n1,x\n2,y\n3,y\n', { class: 'c', testFraction: 0.5 });
  expect([...train.labels].sort()).toEqual([0, 1]);
  expect([...test!.labels]).toEqual([1]);
});

test('classes that are numbers keep their order', async () => {
  expect((await load('n,c\n1,10\n2,9\n3,-1\n', { class: 'c' })).classes).toEqual(['-1', '9', '10']);
});

describe('is refused:', () => {
  const good = 'n,w,c\n1,a,x\n2,b,y\n';
  test.each<[string, string, Omit<CsvOptions, 'file'>, string]>([
    ['an unknown class column', good, { class: 'd' }, "has no column 'd' (dataset.class)"],
    ['a class column out of range', good, { class: 3 }, "has no column '3'"],
    [
      'an unknown categorical column',
      good,
      { class: 'c', categorical: ['q'] },
      "has no column 'q' (dataset.categorical)",
    ],
    ['another delimiter', 'n c\n1 x\n', { class: 'c' }, 'is the delimiter another one'],
    ['a row of another length', 'n,c\n1,x\n2\n', { class: 'c' }, 'line 3'],
    ['an empty file', '', { class: 'c' }, 'has no rows'],
    ['a header only', 'n,c\n', { class: 'c', header: true }, 'a header and no rows'],
    ['two columns of one name', 'n,n,c\n1,2,x\n', { class: 'c' }, "two columns named 'n'"],
    ['one class', 'n,c\n1,x\n2,x\n', { class: 'c' }, "only the class 'x'"],
    ['a missing class', 'n,c\n1,x\n2,?\n', { class: 'c' }, 'line 3'],
    ['infinity', 'n,c\n1,x\n-Infinity,y\n2,y\n', { class: 'c' }, "line 3, column 'n': '-Infinity'"],
    ['a number too large', 'n,c\n1,x\n1e999,y\n', { class: 'c' }, "'1e999' is not a finite number"],
    ['a senseless fraction', good, { class: 'c', testFraction: 1 }, 'testFraction'],
    ['no class option', good, {} as CsvOptions, 'needs the option class'],
    [
      'too many categories',
      `i,c\n${Array.from({ length: 3000 }, (_, i) => `id${i % 1500},${i % 2}`).join('\n')}`,
      { class: 'c' },
      "ignore: ['i']",
    ],
    [
      'an identifier alone',
      `i,c\n${Array.from({ length: 1100 }, (_, i) => `id${i},${i % 2}`).join('\n')}`,
      { class: 'c' },
      'no column that tells its training rows apart',
    ],
  ])('%s', async (_what, content, options, message) => {
    const loading = load(content, { header: undefined, ...options });
    await expect(loading).rejects.toThrow(DatasetError);
    await expect(loading).rejects.toMatchObject({ code: 'bad-input' });
    await expect(loading).rejects.toThrow(message);
  });

  test('a class that is in the test file only', async () => {
    const test = await file('n,w,c\n1,a,x\n1,a,z\n');
    await expect(load(good, { class: 'c', test })).rejects.toThrow("line 3: class 'z' is not in training");
  });

  test('a word among the numbers of the test file', async () => {
    const test = await file('n,w,c\n1,a,x\nten,a,y\n');
    await expect(load(good, { class: 'c', test })).rejects.toThrow("line 3, column 'n': 'ten' is not a number");
  });

  test('a test file with other columns', async () => {
    await expect(load(good, { class: 'c', test: await file('n,c\n1,x\n') })).rejects.toThrow(
      /has no column 'w', which .* has; it has n, c/,
    );
  });

  test('a file that is not there or cut short', async () => {
    await expect(loadCsv({ file: join(folder, 'none.csv'), class: 'c' })).rejects.toMatchObject({ code: 'missing' });
    const packed = gzipSync(good);
    const cut = await file(packed.subarray(0, packed.length - 6), 'csv.gz');
    await expect(loadCsv({ file: cut, class: 'c' })).rejects.toMatchObject({ code: 'damaged' });
  });
});

test('a class column of many whole numbers, few rows each, is a quantity and refused', async () => {
  const rows = Array.from({ length: 300 }, (_, row) => `${row % 7},${(row * 7919) % 100_003}`);
  await expect(load(['a,price', ...rows].join('\n'), { class: 'price' })).rejects.toThrow(
    /are a quantity.*no regression/,
  );
  const codes = Array.from({ length: 600 }, (_, row) => `${row % 7},${row % 110}`);
  expect((await load(['a,code', ...codes].join('\n'), { class: 'code' })).classes.length).toBe(110);
});
