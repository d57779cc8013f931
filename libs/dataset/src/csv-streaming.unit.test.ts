import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCsv, type CsvOptions } from './csv.js';
import { seededRandom } from './random.js';
import type { LoadedDataset } from './samples.js';
import { unpackedStream } from './unpacked-stream.js';

// Tables larger than what is read at once, columns that turn out otherwise after many rows, and packed files.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-streaming-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function load(content: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<LoadedDataset> {
  const file = join(folder, `${files++}.csv`);
  await writeFile(file, content);
  return loadCsv({ class: 'class', testFraction: 0, file, ...options });
}

const column = ({ train }: LoadedDataset, name: string): number[] => {
  const at = train.columns!.findIndex((input) => input.name === name);
  return Array.from({ length: train.count }, (_, row) => train.features[row * train.size + at]);
};

test('a table of many pieces is read as csv-parse reads it', async () => {
  const random = seededRandom(3, 'streaming');
  const words = ['Zürich', '"a, ""b"" and\nc"', 'x', '日本', '" padded "', ' blanks '];
  const lines = Array.from({ length: 40_000 }, (_, row) => {
    const gap = random.integer(9) === 0;
    const number = gap ? 'NA' : (random.normal() * 100).toFixed(4);
    return [row, number, words[random.integer(6)], random.uniform(), row % 3].join(',');
  });
  const text = `id,a,word,b,class\n${lines.join('\r\n')}`;
  expect(text.length).toBeGreaterThan(2 ** 20);
  const rows = parse(text, { trim: true, record_delimiter: ['\r\n', '\n'], from: 2 }) as unknown as string[][];
  const wanted = (at: number): number[] => rows.map((row) => Math.fround(row[at] === 'NA' ? NaN : Number(row[at])));
  for (const content of [text, gzipSync(text, { level: 1 })]) {
    const loaded = await load(content);
    expect(loaded.train.count).toBe(40_000);
    expect(column(loaded, 'id')).toEqual(wanted(0));
    expect(column(loaded, 'a')).toEqual(wanted(1));
    const input = loaded.train.columns![2];
    if (input.kind !== 'category') throw new Error('words are categories');
    expect(input.values).toEqual([...new Set(rows.map((row) => row[2]))].sort());
    const first = 2 + input.values.indexOf(rows[39_999][2]);
    expect(loaded.train.features[39_999 * loaded.train.size + first]).toBe(1);
    expect([...loaded.train.labels.slice(-3)].map((label) => loaded.classes[label])).toEqual(
      rows.slice(-3).map((row) => row[4]),
    );
  }
});

describe('a column that is another one after thousands of rows', () => {
  const table = (cell: (row: number) => string, count = 6000): string =>
    `a,b,class\n${Array.from({ length: count }, (_, row) => `${cell(row)},${row % 7},${row % 2}`).join('\n')}\n`;

  test('words: its numbers are categories, as they are written', async () => {
    const { train, notes } = await load(table((row) => (row < 2900 ? `${row % 3}.0` : ['x', 'y'][row % 2])));
    expect(train.columns![0]).toEqual({ kind: 'category', name: 'a', values: ['0.0', '1.0', '2.0', 'x', 'y'] });
    expect(notes.join()).toContain('2900 of 6000 values are numbers, fewer than half');
  });

  test('words first: numbers after all, and one of the words is refused', async () => {
    await expect(load(table((row) => (row < 2100 ? 'x' : String(row))))).rejects.toThrow(
      "line 2, column 'a': 'x' is not a number, but 3900 of 6000 values of the column are",
    );
  });

  test('a single word is refused with its line', async () => {
    await expect(load(table((row) => (row === 5000 ? 'odd' : `${row}.5`)))).rejects.toThrow(
      "line 5002, column 'a': 'odd' is not a number, but 5999 of 6000",
    );
  });

  test('decimal commas: numbers before them are read so, too', async () => {
    const loaded = await load(table((row) => (row < 5000 ? String(row) : `"${row},25"`)));
    expect(column(loaded, 'a')[4999]).toBe(4999);
    expect(column(loaded, 'a')[5999]).toBe(5999.25);
    expect(loaded.notes.join()).toContain("'5000,25' is read as 5000.25");
  });

  test('commas that are decimal, although a plan says that points are', async () => {
    await expect(
      load(
        table((row) => (row < 5000 ? String(row) : `"${row},25"`)),
        { decimal: '.' },
      ),
    ).rejects.toThrow("line 5002, column 'a': '5000,25' is not a number with the decimal mark '.'");
  });

  test('commas of thousands', async () => {
    const loaded = await load(table((row) => (row < 1000 ? String(row) : `"${String(row).replace(/(...)$/, ',$1')}"`)));
    expect(column(loaded, 'a')).toEqual(Array.from({ length: 6000 }, (_, row) => row));
  });

  test('percent signs on some cells only', async () => {
    await expect(load(table((row) => (row < 5000 ? String(row) : `${row}%`)))).rejects.toThrow(
      "line 5002, column 'a': '5000%' has a percent sign, other than '0' in line 2",
    );
  });

  test('other markers of missing values than the first: only those of training rows are named', async () => {
    const { notes } = await load(table((row) => ['1', '', '?', '4'][row % 4]));
    expect(notes).toContain(
      "column 'a': 3000 of 6000 training values are missing (empty, '?') and count as the median, 2.5",
    );
  });

  test('the header a second time, and another number of cells', async () => {
    await expect(load(`${table(String)}${table(String)}`)).rejects.toThrow(
      'line 6002: the header stands here a second time',
    );
    await expect(load(`${table(String)}1,2\n`)).rejects.toThrow('line 6002: the row has 2 cells, the first line has 3');
  });

  test('bytes that are no UTF-8, with line and byte', async () => {
    const bytes = Buffer.from(
      table((row) => (row === 5500 ? '\u00fc' : 'w'.repeat(400 + (row % 2)))),
      'latin1',
    );
    await expect(load(bytes)).rejects.toThrow('line 5502: byte 1 of the line is 0xfc, which is not UTF-8');
  });
});

describe('packed files', () => {
  const xz = '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQALYSxjCjEseAoyLHkKAHqEM1YFksYgAAEkDKYY2NgftvN9AQAAAAAEWVo=';

  test('xz', async () => {
    const { train, classes } = await load(Buffer.from(xz, 'base64'), { class: 'c' });
    expect([train.count, classes]).toEqual([2, ['x', 'y']]);
  });

  test('that are cut off or damaged are refused', async () => {
    const text = `a,c\n${Array.from({ length: 5000 }, (_, row) => `${row * 7919},${row % 2}`).join('\n')}`;
    const gzip = gzipSync(text);
    await expect(load(gzip.subarray(0, gzip.length - 9), { class: 'c' })).rejects.toThrow(
      'is not a whole gzip file: it is cut off. Fetch it again.',
    );
    const broken = Buffer.from(gzip);
    broken.fill(0xff, gzip.length - 8, gzip.length - 4);
    await expect(load(broken, { class: 'c' })).rejects.toThrow('is not a whole gzip file: its content is damaged');
    const cut = Buffer.from(xz, 'base64').subarray(0, 40);
    await expect(load(cut, { class: 'c' })).rejects.toMatchObject({ code: 'damaged' });
  });

  test('unpack no more than the limit', async () => {
    const path = join(folder, 'bomb.gz');
    await writeFile(path, gzipSync(Buffer.alloc(2 ** 23, 'a\n')));
    const read = async (most: number): Promise<number> => {
      let total = 0;
      for await (const piece of unpackedStream(path, { most, fix: 'Fetch it again.' })) total += piece.length;
      return total;
    };
    expect(await read(2 ** 23)).toBe(2 ** 23);
    await expect(read(2 ** 22)).rejects.toThrow('bomb.gz unpacks to more than 4 MiB, the most that is read');
  });
});
