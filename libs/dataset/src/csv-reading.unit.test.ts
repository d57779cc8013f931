import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCsv, type CsvOptions } from './csv.js';
import { inputNames } from './input-columns.js';
import { valuesOf } from './samples.js';
import { readCsv } from './csv-file.js';
import type { LoadedDataset } from './samples.js';

// How real tables are read: as pandas users expect, or refused with line and column; never silently as other data.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-reading-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function load(content: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<LoadedDataset> {
  const file = join(folder, `${files++}.csv`);
  await writeFile(file, content);
  return loadCsv({ class: 'class', testFraction: 0, file, ...options });
}

/** Lines of a table: a header, and rows made from their number. */
const table = (header: string, row: (at: number) => string, count = 12): string =>
  [...(header === '' ? [] : [header]), ...Array.from({ length: count }, (_, at) => row(at))].join('\n');
const yesNo = (at: number): string => (at % 3 === 0 ? 'no' : 'yes');
const column = ({ train }: LoadedDataset, at: number): number[] =>
  Array.from({ length: train.count }, (_, row) => valuesOf(train)[row * train.size + at]);

describe('the header', () => {
  const city = (at: number): string => ['Bern', 'Chur', 'Zug'][at % 3];

  test.each<[string, string, Partial<CsvOptions>, number, readonly string[], string]>([
    [
      'of a table of categories, class by number',
      table('class,cap,odor', (at) => `${'ep'[at % 2]},${'xfb'[at % 3]},${'sn'[at % 2]}`),
      { class: 0 },
      12,
      ['e', 'p'],
      'the first line is the header',
    ],
    [
      'of a table of categories, class by name',
      table('Sex,Embarked,Survived', (at) => `${at % 2 ? 'male' : 'female'},${'SCQ'[at % 3]},${yesNo(at)}`),
      { class: 'Survived' },
      12,
      ['no', 'yes'],
      '',
    ],
    [
      'with a name that is a value, too',
      table('bruises,cap,class', (at) => `${at % 2 ? 'bruises' : 'no'},${'xfb'[at % 3]},${yesNo(at)}`),
      { class: -1 },
      12,
      ['no', 'yes'],
      '2 of its cells look like names',
    ],
    [
      '0, 1, 2 of pandas',
      table('0,1,2', (at) => `0.${at},0.${(at * 7) % 10}5,${at % 2}`),
      { class: -1 },
      12,
      ['0', '1'],
      'pandas numbers columns like this',
    ],
    [
      '0, 1, 2 of pandas with its index',
      table(',0,1,2', (at) => `${at},0.${at},0.${(at * 7) % 10}5,${at % 2}`),
      { class: '2' },
      12,
      ['0', '1'],
      'pandas numbers columns like this',
    ],
    [
      'with a year',
      table('2019,b,class', (at) => `0.${at},0.5${at},${yesNo(at)}`),
      { class: -1 },
      12,
      ['no', 'yes'],
      '',
    ],
    [
      'of years',
      table('2018,2019,class', (at) => `0.${at},0.5${at},${yesNo(at)}`),
      { class: -1 },
      12,
      ['no', 'yes'],
      'the first line is the header',
    ],
    [
      'of years, the class among them',
      table('a,2019', (at) => `0.${at},${at % 2}`),
      { class: 2019 },
      12,
      ['0', '1'],
      "'2019' (dataset.class) is the column of this name",
    ],
    [
      'of words that are asked for',
      table('city,place,class', (at) => `${city(at)}${at},x${at},${yesNo(at)}`),
      {},
      12,
      ['no', 'yes'],
      '',
    ],
    [
      'that is none: categories',
      table('', (at) => `${city(at)},${'SCQ'[at % 3]},${yesNo(at)}`),
      { class: 2 },
      12,
      ['no', 'yes'],
      "there is no header, because 'Bern' occurs again below",
    ],
    [
      'that is none: numbers',
      table('', (at) => `${(at * 7) % 5},0.${at},${at % 2}`),
      { class: 2 },
      12,
      ['0', '1'],
      'there is no header, because it has numbers like those below',
    ],
    [
      'that is none: small numbers that count',
      table('', (at) => `${at % 3},${(at + 1) % 3},${(at + 2) % 3}`),
      { class: 2 },
      12,
      ['0', '1', '2'],
      'there is no header',
    ],
    [
      'that is none: a rare class first',
      table('', (at) => `${at % 5}.5,${at % 4},${at === 0 ? 'rare' : yesNo(at)}`),
      { class: 2 },
      12,
      ['no', 'rare', 'yes'],
      'there is no header',
    ],
    [
      'that is none: a missing value',
      table('', (at) => `${at === 0 ? '?' : at},${at}.5,${yesNo(at)}`),
      { class: 2 },
      12,
      ['no', 'yes'],
      "there is no header, because '?' marks a missing value",
    ],
    [
      'as asked for: none',
      table('a,b,no', (at) => `a,b${at % 2},${yesNo(at)}`),
      { class: 2, header: false },
      13,
      ['no', 'yes'],
      '',
    ],
    [
      'as asked for: one',
      table('0,1,0', (at) => `${at % 2},${at},${at % 2}`).replace('0,1,0', '0,1,2'),
      { class: '2', header: true },
      12,
      ['0', '1'],
      '',
    ],
  ])('%s', async (_, ...[content, options, count, classes, note]) => {
    const { train, notes } = await load(content, options);
    expect(train.count).toBe(count);
    expect(train.classes).toEqual(classes);
    if (note === '') expect(notes.join()).not.toContain('header');
    else expect(notes.join()).toContain(note);
  });

  test('that stands in the table a second time is refused', async () => {
    const part = table('a,b,class', (at) => `${at},x,${yesNo(at)}`, 4);
    await expect(load(`${part}\n${part}`, { class: -1 })).rejects.toThrow(
      'line 6: the header stands here a second time',
    );
  });

  test('the index that pandas and R write beside the data is left out', async () => {
    for (const [header, start] of [
      [',a,class', 0],
      ['"","a","class"', 1],
      ['Unnamed: 0,a,class', 0],
    ] as const) {
      const { train, notes } = await load(table(header, (at) => `${at + start},${(at * 5) % 7},${yesNo(at)}`));
      expect(inputNames(train.columns!)).toEqual(['a']);
      expect(notes.join()).toContain('the first column has no name and counts the rows');
    }
  });

  test('a column with other words in every row is left out, and a note says so, unless it is named', async () => {
    const content = table('name,a,class', (at) => `n${at},${(at * 5) % 7},${yesNo(at)}`, 30);
    const { train, notes } = await load(content);
    expect(inputNames(train.columns!)).toEqual(['a']);
    expect(notes).toEqual([
      "column 'name': its 30 different values (such as 'n0') are another one in every training row, which says " +
        "nothing about new rows, so it is left out (dataset.categorical: ['name'] keeps it)",
    ]);
    expect((await load(content, { categorical: ['name'] })).train.size).toBe(31);
    // In few rows words may differ by chance.
    expect((await load(table('name,a,class', (at) => `n${at},${at},${yesNo(at)}`, 12))).train.size).toBe(13);
  });

  test('a column of identifiers is a feature, and a note says so', async () => {
    for (const id of ['id', 'PassengerId', 'row_id', 'Customer No', 'ID']) {
      const { train, notes } = await load(
        table(`${id},a,class`, (at) => `${(at * 1009) % 77},${(at * 5) % 7},${yesNo(at)}`),
      );
      expect(inputNames(train.columns!)).toEqual([id, 'a']);
      expect(notes).toEqual([
        `column '${id}' has another number in every row, and is a feature like any other (dataset.ignore: ` +
          `['${id}'] leaves it out)`,
      ]);
    }
    for (const [name, cell] of [
      ['id', (at: number): string => String(at % 11)],
      ['width', String],
    ] as const)
      expect((await load(table(`${name},a,class`, (at) => `${cell(at)},${(at * 5) % 7},${yesNo(at)}`))).notes).toEqual(
        [],
      );
  });
});

test('Excel names the delimiter in a first line, which is no row', async () => {
  for (const delimiter of [';', ',', '\t', '|']) {
    for (const [before, end] of [
      ['', '\n'],
      ['\ufeff', '\r\n'],
    ]) {
      const rows = table('a;b;class', (at) => `${at},5;${at === 9 ? 'x' : at};${yesNo(at)}`).replaceAll(';', delimiter);
      const text = `${before}sep=${delimiter}\n${delimiter === ',' ? rows.replaceAll(/^(\d+),5,/gm, '$1.5,') : rows}`;
      await expect(load(text.replaceAll('\n', end)), delimiter).rejects.toThrow(
        "line 12, column 'b': 'x' is not a number",
      );
      const { train } = await load(text.replaceAll('\n', end), { ignore: ['b'] });
      expect(inputNames(train.columns!), delimiter).toEqual(['a']);
    }
  }
});

test('a test table with the rows of the training table is said to be one', async () => {
  const text = table('a,b,class', (at) => `${(at * 5) % 7},0.${at},${yesNo(at)}`);
  for (const [content, note] of [
    [text, /: the test accuracy is that of training rows \(dataset\.test\)$/],
    [text.replaceAll(',', ';'), /: the test accuracy is that of training rows/],
    [text.replace('0.3', '0.8'), /^$/],
  ] as const) {
    const test = join(folder, `test${files++}.csv`);
    await writeFile(test, content);
    const { notes } = await load(text, { test });
    expect(notes.filter((line) => !line.includes('cells are separated')).join('; ')).toMatch(note);
  }
});

test('a column is left out with the true reason', async () => {
  const withColumn = (cell: (at: number) => string): Promise<LoadedDataset> =>
    load(table('a,c,class', (at) => `${(at * 5) % 7},${cell(at)},${yesNo(at)}`));
  expect((await withColumn(() => '5')).notes).toEqual(['left out, because every training row has the same value: c']);
  for (const gaps of [(): string => '', (at: number): string => (at % 3 ? 'NA' : '3.5')])
    expect((await withColumn(gaps)).notes).toEqual([
      'left out, because every training row has the same value or none: c',
    ]);
});

test('classes that differ in upper and lower case alone are two, and a note says so', async () => {
  const { classes, notes } = await load(
    table('a,b,class', (at) => `${(at * 5) % 7},0.${at},${['yes', 'Yes', 'no'][at % 3]}`),
  );
  expect(classes).toEqual(['Yes', 'no', 'yes']);
  expect(notes.join()).toMatch(
    /column 'class' \(dataset.class\): 'yes' and 'Yes' are two classes; only upper and lower case differ/,
  );
});

describe('missing values', () => {
  const withCell = (cell: string): string =>
    table('age,b,class', (at) => `${at === 4 ? cell : 20 + at},${(at * 5) % 7},${yesNo(at)}`);

  test.each([
    '',
    '?',
    'NA',
    'N/A',
    '#N/A',
    'n/a',
    'NaN',
    'nan',
    '-nan',
    'null',
    'NULL',
    'None',
    '<NA>',
    '-',
    '--',
    '.',
    'na',
    'missing',
  ])("'%s' among numbers counts as the median, with a message", async (cell) => {
    const { train, notes } = await load(withCell(cell));
    expect(inputNames(train.columns!)).toEqual(['age', 'b']);
    expect(column({ train } as LoadedDataset, 0)[4]).toBeCloseTo(6 / 11, 6);
    expect(notes).toEqual([
      `column 'age': 1 of 12 training values are missing (${cell === '' ? 'empty' : `'${cell}'`}) and ` +
        'count as the median, 26',
    ]);
  });

  test.each(['inf', '-Infinity', '1e999', '1.#INF'])("'%s' is refused", async (cell) => {
    await expect(load(withCell(cell))).rejects.toThrow(`line 6, column 'age': '${cell}' is not a finite number`);
  });

  test.each(['unknown', '12a', '3+', '2020-01-01'])("one '%s' does not make categories of numbers", async (cell) => {
    await expect(load(withCell(cell))).rejects.toThrow(
      `line 6, column 'age': '${cell}' is not a number, but 11 of 12 values of the column are. Correct ` +
        `it, or set dataset.missing: ['${cell}']`,
    );
    expect(inputNames((await load(withCell(cell), { missing: [cell] })).train.columns!)).toEqual(['age', 'b']);
    expect((await load(withCell(cell), { categorical: ['age'] })).train.size).toBe(13);
    expect(inputNames((await load(withCell(cell), { ignore: ['age'] })).train.columns!)).toEqual(['b']);
  });

  test('half numbers are numbers; fewer are categories, and a note says so', async () => {
    const mixed = (numbers: number): string =>
      table('a,b,class', (at) => `${at < numbers ? at : 'x'},${at},${yesNo(at)}`);
    await expect(load(mixed(6))).rejects.toThrow("line 8, column 'a': 'x' is not a number, but 6 of 12");
    const { train, notes } = await load(mixed(5));
    expect(inputNames(train.columns!)).toEqual(['a=0', 'a=1', 'a=2', 'a=3', 'a=4', 'a=x', 'b']);
    expect(notes).toContain("column 'a': 5 of 12 values are numbers, fewer than half, so all are categories");
  });

  test('-999 is missing if the plan says so, however it is written', async () => {
    const { notes } = await load(withCell('-999.0'), { missing: [-999] });
    expect(notes.join()).toContain("('-999.0') and count as the median, 26");
  });

  test('among categories a dash is one of them, and other markers are one category', async () => {
    const { train } = await load(table('a,b,class', (at) => `${['+', '-', 'NA', 'nan'][at % 4]},${at},${yesNo(at)}`));
    expect(inputNames(train.columns!)).toEqual(['a=+', 'a=-', 'a=?', 'b']);
    // With markers of one's own, '?' may be a category beside a missing value.
    const own = await load(
      table('a,b,class', (at) => `${['?', '', 'x', 'none'][at % 4]},${at},${yesNo(at)}`),
      { missing: ['none'] },
    );
    expect(inputNames(own.train.columns!)).toEqual(['a=', 'a=?', 'a=x', 'b']);
  });
});

describe('numbers', () => {
  const written = (cell: (at: number) => string): string =>
    table('a,b,class', (at) => `"${cell(at)}",0.${at},${yesNo(at)}`);
  const semicolons = (cell: (at: number) => string, other: (at: number) => string): string =>
    table('a;b;class', (at) => `${cell(at)};${other(at)};${yesNo(at)}`);
  const straight = Array.from({ length: 12 }, (_, at) => at / 11);

  test.each<[string, string, Partial<CsvOptions>, string]>([
    ['thousands', written((at) => `${at + 1},000`), {}, "'1,000' is read as 1000"],
    ['thousands beside hundreds', written((at) => (at === 0 ? '500' : `${at},500`)), {}, "'1,500' is read as 1500"],
    ['thousands and decimals', written((at) => `${at + 1},000.50`), {}, "'1,000.50' is read as 1000.5"],
    ['thousands by an apostrophe', written((at) => `${at + 1}'000`), {}, "'1'000' is read as 1000"],
    ['thousands by a space', written((at) => `${at + 1} 000`), {}, "'1 000' is read as 1000"],
    ['percent', written((at) => `${at}.5%`), {}, "'0.5%' is read as 0.5, percent signs do not count"],
    ['decimal comma', written((at) => `${at},25`), {}, "'0,25' is read as 0.25"],
    [
      'decimal comma and thousands',
      semicolons(
        (at) => `${at + 1}.000,5`,
        (at) => `${at},5`,
      ),
      {},
      "'1.000,5' is read as 1000.5",
    ],
    [
      'decimal comma of three digits in another column',
      semicolons(
        (at) => `${at + 1},000`,
        (at) => `${at},5`,
      ),
      {},
      "'1,000' is read as 1 ",
    ],
    [
      'decimal comma as the plan says',
      semicolons(
        (at) => `${at + 1},250`,
        (at) => String(at),
      ),
      { decimal: ',' },
      "'1,250' is read as 1.25",
    ],
    [
      'thousands as the plan says',
      semicolons(
        (at) => `${at + 1},250`,
        (at) => String(at),
      ),
      { decimal: '.' },
      "'1,250' is read as 1250",
    ],
    [
      'points beside hundreds, as the plan says',
      semicolons(
        (at) => (at < 9 ? String((at + 1) * 100) : `1.${String((at - 9) * 100).padStart(3, '0')}`),
        (at) => String(at),
      ),
      { decimal: ',' },
      "'1.000' is read as 1000",
    ],
    [
      'points alone, which may be decimal: the same features either way',
      semicolons(
        (at) => `${at + 1}.250`,
        (at) => String(at),
      ),
      {},
      "column 'a': '1.250' is read as 1.25 (dataset.decimal)",
    ],
    [
      'points beside numbers of four digits, which have none',
      semicolons(
        (at) => (at < 11 ? `${at + 1}.000` : '0012'),
        (at) => String(at),
      ),
      {},
      "'0012' is read as a number",
    ],
    [
      'thousands by a point as the plan says',
      semicolons(
        (at) => `${at + 1}.250`,
        (at) => `${at},5`,
      ),
      { decimal: ',' },
      "'1.250' is read as 1250",
    ],
  ])('%s', async (_, content, options, note) => {
    const loaded = await load(content, options);
    expect(inputNames(loaded.train.columns!)).toEqual(['a', 'b']);
    column(loaded, 0).forEach((value, at) => expect(value).toBeCloseTo(straight[at], 6));
    expect(loaded.notes.join('\n')).toContain(note);
  });

  test.each<[string, string, string]>([
    [
      'commas that may be both',
      semicolons(
        (at) => `${at + 1},205`,
        (at) => String(at),
      ),
      "line 2, column 'a': '1,205' may have a decimal mark or a thousands separator. Say which: dataset.decimal",
    ],
    [
      'points that may be both',
      semicolons(
        (at) => (at % 2 ? `1.${at + 100}` : String(at)),
        (at) => `${at},5`,
      ),
      "line 3, column 'a': '1.101' may have a decimal mark or a thousands separator",
    ],
    [
      'points beside hundreds, and a delimiter that leaves commas free',
      semicolons(
        (at) => (at % 2 ? `1.${at + 100}` : String(at + 600)),
        (at) => String(at),
      ),
      "line 3, column 'a': '1.101' may have a decimal mark or a thousands separator",
    ],
    [
      'points among decimal commas',
      written((at) => (at === 3 ? '0.5' : `${at},25`)),
      "line 5, column 'a': '0.5' is not a number with the decimal mark ','",
    ],
    [
      'one percent sign too few',
      written((at) => (at === 3 ? '3.5' : `${at}.5%`)),
      "line 5, column 'a': '3.5' has no percent sign, other than '0.5%' in line 2",
    ],
    [
      'one percent sign too many',
      written((at) => (at === 3 ? '3.5%' : `${at}.5`)),
      "line 5, column 'a': '3.5%' has a percent sign",
    ],
    [
      'currency',
      written((at) => `$${at}.50`),
      "line 2, column 'a': '$0.50' is not written as a plain number. Write it without currency signs",
    ],
    [
      'brackets',
      written((at) => (at === 3 ? '(3.50)' : `${at}.5`)),
      "line 5, column 'a': '(3.50)' is not written as a plain number, but 11 of 12",
    ],
  ])('are refused: %s', async (_, content, message) => {
    await expect(load(content)).rejects.toThrow(message);
  });

  test('columns that look like numbers or dates but are read as categories get a message', async () => {
    const many = (cell: (at: number) => string): string =>
      table('a,b,class', (at) => `${cell(at)},${at},${yesNo(at)}`, 25);
    expect((await load(many((at) => `${at}.5 km`))).notes.join()).toContain(
      'its 25 different values, which look like numbers with a unit',
    );
    expect((await load(many((at) => `2020-01-${at + 1}`))).notes.join()).toContain(
      'its 25 different values, which look like dates',
    );
    expect((await load(many((at) => `0${at}`))).notes.join()).toContain(
      "'00' is read as a number (dataset.categorical: ['a'] if these are codes)",
    );
  });
});

describe('the encoding', () => {
  const cities = table('city,b,class', (at) => `${['Zürich', 'Zörich', 'Bern'][at % 3]},${at},${yesNo(at)}`);
  const features = ['city=Bern', 'city=Zörich', 'city=Zürich', 'b'];

  test('ISO-8859-1 does not merge categories: it is refused with line and byte, or named', async () => {
    const latin = Buffer.from(cities, 'latin1');
    await expect(load(latin)).rejects.toThrow(
      'line 2: byte 2 of the line is 0xfc, which is not UTF-8. Save the table as UTF-8, or name its ' +
        'encoding, e.g. dataset.encoding: windows-1252.',
    );
    for (const encoding of ['latin1', 'ISO-8859-1', 'windows-1252', 'cp1252', 'latin-1']) {
      expect(inputNames((await load(latin, { encoding })).train.columns!)).toEqual(features);
    }
    expect(inputNames((await load(cities)).train.columns!)).toEqual(features);
  });

  test('windows-1252 has the euro sign where ISO-8859-1 has a control character', async () => {
    const { train } = await load(Buffer.from('a,class\n\x80,x\nz,y\n', 'latin1'), { encoding: 'windows-1252' });
    expect(inputNames(train.columns!)).toEqual(['a=z', 'a=€']);
  });

  test('UTF-16 is known by its byte-order mark, and without one refused or named', async () => {
    const little = Buffer.from(`\uFEFF${cities}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const [bytes, encoding] of [
      [little, 'utf-16le'],
      [big, 'utf-16be'],
    ] as const) {
      const { train, notes } = await load(bytes);
      expect(inputNames(train.columns!)).toEqual(features);
      expect(notes.join()).toContain(`the encoding is ${encoding} (dataset.encoding)`);
    }
    await expect(load(little.subarray(2))).rejects.toThrow('It looks like UTF-16: set dataset.encoding: utf-16le');
    expect(inputNames((await load(little.subarray(2), { encoding: 'utf-16le' })).train.columns!)).toEqual(features);
  });

  test.each<[string, string | Uint8Array, Partial<CsvOptions>, string]>([
    [
      'a character that is cut off',
      Buffer.from('a,class\n1,x\n2,y\xc3', 'latin1'),
      {},
      'line 3: byte 4 of the line is 0xc3',
    ],
    ['NUL', 'a,class\n1,x\n2\0,y\n', {}, 'line 3: byte 2 of the line is 0'],
    [
      'NUL in UTF-16',
      Buffer.from('\uFEFFa,class\n1\0,x\n', 'utf16le'),
      {},
      'line 2: a character is 0 when read as utf-16le',
    ],
    [
      'an encoding that nobody knows',
      'a,class\n1,x\n',
      { encoding: 'klingon' },
      "dataset.encoding: 'klingon' is not known",
    ],
    ['an Excel workbook', 'PK\x03\x04\x14\0', {}, 'is not a CSV table but a zip archive, as Excel workbooks'],
    ['a Parquet file', 'PAR1\x15\x04', {}, 'is not a CSV table but a Parquet file'],
    ['a web page', '\n<!doctype html>', {}, 'is not a CSV table but a web page'],
  ])('is refused: %s', async (_, content, options, message) => {
    await expect(load(content, options)).rejects.toThrow(message);
    await expect(load(content, options)).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('the delimiter', () => {
  test.each([
    [',', ''],
    [';', "';'"],
    ['\t', 'tab'],
    ['|', "'|'"],
  ])("'%s' is found", async (delimiter, name) => {
    const content = table('a,b,class', (at) => `${at},x y,${yesNo(at)}`).replaceAll(',', delimiter);
    const { train, notes } = await load(content.replace('x y', '"x,;|y"'));
    expect(inputNames(train.columns!)).toEqual(['a', 'b=x y', 'b=x,;|y']);
    if (name === '') expect(notes).toEqual([]);
    else expect(notes.join()).toContain(`cells are separated by ${name} (dataset.delimiter)`);
    expect((await load(content, { delimiter: delimiter === '\t' ? 'tab' : delimiter })).notes.join()).not.toContain(
      'separated',
    );
  });

  test('decimal commas between semicolons, and without a header', async () => {
    const { train } = await load(
      table('', (at) => `0,${at};1,${at}5;${yesNo(at)}`),
      { class: -1 },
    );
    expect([train.count, inputNames(train.columns!)]).toEqual([12, ['column 0', 'column 1']]);
  });

  test('lines of another length name it', async () => {
    await expect(load('a,b,class\n1,2,x\n1,2\n')).rejects.toThrow(
      "as many cells as the first; cells are separated by ',' (dataset.delimiter)",
    );
  });

  test('mixed line ends, blank lines and quoted line ends', async () => {
    const { train } = await load('a,b,class\r\n1,"x\ny",yes\n\n2,z,no\r\n \r\n3,z,yes\r4,z,no');
    expect([train.count, inputNames(train.columns!)]).toEqual([4, ['a', 'b=x\ny', 'b=z']]);
    await expect(load('a,b,class\r\n1,"x\ny",yes\n\n2,z,no\r\nold,z,yes\r4,z,no')).rejects.toThrow(
      "line 6, column 'a': 'old'",
    );
  });
});

describe('classes', () => {
  test('1, 1.0 and 01 are one class, and a note says so', async () => {
    const { classes, train, notes } = await load(
      table('a,class', (at) => `${at},${['0', '1.0', '0.0', '1', '01', '-0'][at % 6]}`),
    );
    expect(classes).toEqual(['0', '1']);
    expect([...train.labels.subarray(0, 6)]).toEqual([0, 1, 0, 1, 1, 0]);
    expect(notes).toContainEqual(expect.stringContaining("'1.0' and '1' and '01' are one class, 1"));
  });

  test('in the test table as well', async () => {
    const test = join(folder, 'labels-test.csv');
    await writeFile(test, 'a,class\n1,1.0\n2,0\n');
    expect([...(await load('a,class\n1,0.0\n2,1\n', { test })).test!.labels]).toEqual([1, 0]);
  });

  test('whole numbers that are too long for a number stay apart', async () => {
    expect((await load('a,class\n1,9007199254740993\n2,9007199254740992\n')).classes).toEqual([
      '9007199254740992',
      '9007199254740993',
    ]);
  });

  test.each(['nan', 'NaN', 'N/A', 'null', '', 'None'])("the class '%s' is missing", async (cell) => {
    const content = table('a,class', (at) => `${at},${at === 3 ? cell : at % 2}`);
    await expect(load(content)).rejects.toThrow(`line 5: the class, column 'class', is missing`);
  });

  test('a class may be named like a marker if the plan lists the markers', async () => {
    const content = table('a,class', (at) => `${at},${['None', 'Mild'][at % 2]}`);
    await expect(load(content)).rejects.toThrow("dataset.missing: ['?']");
    expect((await load(content, { missing: ['?'] })).classes).toEqual(['Mild', 'None']);
    expect((await load(table('a,class', (at) => `${at},${'+-'[at % 2]}`))).classes).toEqual(['+', '-']);
  });

  test('a column of different numbers is hardly one of classes', async () => {
    expect((await load(table('a,class', (at) => `${at},${at}.5`, 30))).notes.join()).toContain(
      '30 different values in 30 rows, and each is a class',
    );
    await expect(load(table('a,class', (at) => `${at % 7},${at}.5`, 1001))).rejects.toThrow(
      '1001 different values in 1001 rows, too many to be classes',
    );
  });
});

describe('what is no table, or too large for one, is refused at once', () => {
  test('devices, folders and pipes', async () => {
    await expect(loadCsv({ file: folder, class: 0 })).rejects.toThrow('is a folder, not a file');
    if (process.platform === 'win32') return;
    await expect(loadCsv({ file: '/dev/zero', class: 0 })).rejects.toThrow('/dev/zero is a device, not a file');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(loadCsv({ file: pipe, class: 0 })).rejects.toThrow('is a pipe, not a file');
  });

  test('gzip of one line that does not end', async () => {
    const bomb = gzipSync(Buffer.alloc(2 ** 26 + 2 ** 21, ' '), { level: 1 });
    await expect(load(bomb)).rejects.toThrow('line 1: the row is longer than 64 MiB, the most that is read');
  });

  test('a million columns', async () => {
    const names = Array.from({ length: 1_000_000 }, (_, at) => `c${at}`).join(',');
    await expect(load(`${names}\n`)).rejects.toThrow(
      'line 1: the table has more than 100000 columns, the most that is read',
    );
  });

  test('more cells than fit into memory; equal ones count once', async () => {
    const file = join(folder, 'many.csv');
    const read = async (cell: (at: number) => string) => {
      await writeFile(
        file,
        table('a,class', (at) => `${cell(at)},${at % 2}`, 30_000),
      );
      const uses = ({ columnNames }: { readonly columnNames: readonly string[] }) => columnNames.map(() => null);
      return readCsv({ path: file, format: {}, asked: [], uses, mostMemory: 2 ** 21 }, []);
    };
    await expect(read((at) => `0.${at}`)).rejects.toThrow(
      /line \d+: the table takes more than 2 MiB of memory, the most that is used\. Use fewer rows or columns/,
    );
    expect((await read((at) => `0.${at % 9}`)).count).toBe(30_000);
  });

  test('names of many columns are looked at in one pass, and not all listed', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `c${at}`).join(',');
    const loading = load(`${many}\n${many.replaceAll('c', '')}\n`, { class: 'absent' });
    await expect(loading).rejects.toThrow('c19, ... (20000 in all)');
  });
});
