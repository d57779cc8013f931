import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTableStream } from './table-stream.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-stream-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array, asked: readonly string[] = []) {
  const path = join(folder, 't.csv');
  await writeFile(path, content);
  const table = await openTableStream(path, asked);
  const rows = [];
  for await (const row of table.rows()) rows.push(row);
  return { ...table, all: rows };
}

describe('a table as a stream', () => {
  it('gives all rows with their lines, and a sample of them', async () => {
    const { columnNames, hasHeader, all, sample } = await read('a,b\n1, x\n\n2,"y\nz"\r\n3,""\n');
    expect([columnNames, hasHeader]).toEqual([['a', 'b'], true]);
    expect(all).toEqual([
      { cells: ['1', 'x'], line: 2 },
      { cells: ['2', 'y\nz'], line: 5 },
      { cells: ['3', ''], line: 6 },
    ]);
    expect(sample).toEqual(all);
  });

  it('is read in order if it is longer than the sample', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => `${row},w${row % 3}`);
    const { all, sample } = await read(['n,word', ...rows].join('\n'));
    expect(sample.length).toBe(2000);
    expect(all.map(({ cells }) => cells.join(','))).toEqual(rows);
    expect(all.at(-1)!.line).toBe(5001);
  });

  it('may be gzip, UTF-16, begin with a mark or a separator line, and have no header', async () => {
    expect((await read(gzipSync('a;b\n1;2\n'))).columnNames).toEqual(['a', 'b']);
    expect((await read(Buffer.from('\ufeffä,b\n1,2\n', 'utf16le'))).columnNames).toEqual(['ä', 'b']);
    expect((await read('\ufeffa\tb\n1\t2\n')).columnNames).toEqual(['a', 'b']);
    const separated = await read('sep=;\na;b\n1;2\n');
    expect([separated.columnNames, separated.all]).toEqual([['a', 'b'], [{ cells: ['1', '2'], line: 3 }]]);
    const bare = await read('1,x\n2,y\n3,x\n4,y\n');
    expect([bare.hasHeader, bare.columnNames, bare.all.length]).toEqual([false, ['column 0', 'column 1'], 4]);
  });

  it('has a header if a name is asked for that it has', async () => {
    expect((await read('x,y\nx,y\n', ['y'])).all.length).toBe(1);
  });

  it.each([
    ['', 'has no rows'],
    ['\n\n', 'has no rows'],
    ['a,b\n', 'has a header and no rows'],
    ['a,b\n1,2\n3\n', 'line 3: the row has 1 cells, and the first one 2'],
    [Buffer.from('a,b\n1,\xe4\n', 'latin1'), 'which is not UTF-8'],
    ['a,b\n1,\0\n', 'is 0'],
    [gzipSync('a,b\n1,2\n'.repeat(1000)).subarray(0, 40), 'is not a whole gzip file'],
  ])('%j is refused: %s', async (content, why) => {
    await expect(read(content)).rejects.toThrow(why);
  });

  it('is refused if there is no file', async () => {
    await expect(openTableStream(join(folder, 'none.csv'), [])).rejects.toThrow('there is no such file');
    await expect(openTableStream(folder, [])).rejects.toThrow('is a folder');
  });
});
