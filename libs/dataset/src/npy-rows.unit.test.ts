import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpyHeader } from './npy.js';
import { writeNpyHeader } from './npy-header.js';
import { openNpy } from './npy-rows.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-npy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file as NumPy writes it. */
async function saved(descr: string, shape: string, bytes: Uint8Array, order = 'False', version = 1): Promise<string> {
  const dict = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const before = version === 1 ? 10 : 12;
  const text = `${dict.padEnd(Math.ceil((before + dict.length + 1) / 64) * 64 - before - 1)}\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const path = join(folder, 'x.npy');
  await writeFile(
    path,
    Buffer.concat([
      Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'),
      length,
      Buffer.from(text),
      bytes,
    ]),
  );
  return path;
}

async function allRows(path: string, most = 2, scale?: number): Promise<number[][]> {
  const array = await openNpy(path);
  const rows: number[][] = [];
  for await (const part of array.rows(most, scale))
    for (let at = 0; at < part.length; at += array.size) rows.push([...part.subarray(at, at + array.size)]);
  return rows;
}

const bytesOf = (numbers: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(numbers.buffer);

describe('rows of a NumPy array', () => {
  it.each([
    ["'<f4'", Float32Array.of(1.5, -2, 3, 4, 5, 6)],
    ["'<f8'", Float64Array.of(1.5, -2, 3, 4, 5, 6)],
    ["'<i8'", BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 6n)],
    ["'<u8'", BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 6n)],
    ["'<i4'", Int32Array.of(1, -2, 3, 4, 5, 6)],
    ["'<u4'", Uint32Array.of(1, 2, 3, 4, 5, 6)],
    ["'<i2'", Int16Array.of(1, -2, 3, 4, 5, 6)],
    ["'<u2'", Uint16Array.of(1, 2, 3, 4, 5, 6)],
    ["'|i1'", Int8Array.of(1, -2, 3, 4, 5, 6)],
    ["'|u1'", Uint8Array.of(1, 2, 3, 4, 5, 6)],
    ["'|b1'", Uint8Array.of(0, 1, 1, 0, 1, 1)],
  ])('of type %s are float32', async (descr, numbers) => {
    const flat = [...numbers].map(Number);
    expect(await allRows(await saved(descr, '(3, 2)', bytesOf(numbers)))).toEqual([
      flat.slice(0, 2),
      flat.slice(2, 4),
      flat.slice(4),
    ]);
  });

  it('of the other byte order, of any number of extents, and of later versions are the same', async () => {
    const big = Buffer.alloc(8);
    big.writeFloatBE(1.25, 0);
    big.writeFloatBE(-7, 4);
    expect(await allRows(await saved("'>f4'", '(1, 1, 2)', big, 'True', 2))).toEqual([[1.25, -7]]);
    expect(await allRows(await saved("'|u1'", '(3,)', Uint8Array.of(1, 2, 3), 'False', 3))).toEqual([[1], [2], [3]]);
  });

  it('of any type can be scaled', async () => {
    const floats = await saved("'<f4'", '(1, 2)', bytesOf(Float32Array.of(3, 5)));
    expect(await allRows(floats, 2, 0.5)).toEqual([[1.5, 2.5]]);
    const long = await saved("'<i8'", '(1, 2)', bytesOf(BigInt64Array.of(51n, 255n)));
    expect(await allRows(long, 2, 1 / 255)).toEqual([[Math.fround(0.2), 1]]);

    const path = await saved("'|u1'", '(1, 3)', Uint8Array.of(0, 100, 255));
    expect(await allRows(path, 2, 1 / 255)).toEqual([[0, Math.fround(100 / 255), 1]]);
  });

  it.each([
    ["'|O'", '(2,)', 'False', 'holds Python objects, that is a pickle, which is never loaded'],
    ["[('a', '<f4')]", '(2,)', 'False', 'is an array of records'],
    ["'<f2'", '(2,)', 'False', "has the type '<f2'"],
    ["'<U3'", '(2,)', 'False', 'holds texts'],
    ["'<c8'", '(2,)', 'False', "has the type '<c8'"],
    ["'<f4'", '(2, 3)', 'True', 'is in Fortran order (column by column); save it row by row'],
    ["'<f4'", '()', 'False', 'holds one number, not rows of numbers'],
    ["'<f4'", '(-1, 3)', 'False', 'its header is not that of NumPy'],
    ["'<f4'", '(9, 9)', 'False', 'but an array of shape (9, 9) needs'],
    ["'<f4'", '(99999999999, 99999999999)', 'False', 'but an array of shape'],
  ])('%s %s in order %s is refused: %s', async (descr, shape, order, why) => {
    await expect(openNpy(await saved(descr, shape, new Uint8Array(8), order))).rejects.toThrow(why);
  });

  it.each([
    ['', 'is empty'],
    ['a,b\n1,2\n1,2\n1,2', 'it does not begin with'],
    ['PK\x03\x04 and so on', 'is an archive of several arrays (.npz)'],
    ['\x93NUMPY\x01\0\xff\x7f0123456789', 'it ends within its header'],
    ['\x93NUMPY\x02\0\xff\xff\xff\x7f0123456789', 'its header has'],
  ])('the file %j is refused: %s', async (text, why) => {
    const path = join(folder, 'y.npy');
    await writeFile(path, Buffer.from(text, 'latin1'));
    await expect(openNpy(path)).rejects.toThrow(why);
  });

  it('are refused if there is no file', async () => {
    await expect(openNpy(join(folder, 'none.npy'))).rejects.toThrow('there is no such file');
    await expect(openNpy(folder)).rejects.toThrow('is no file');
  });
});

it('a written header is read again, also with room for a longer shape', () => {
  for (const room of [0, 256]) {
    const header = writeNpyHeader('int64', [12], room);
    expect(header.length).toBe(Math.max(128, room));
    const read = readNpyHeader(Buffer.from(header), 'x');
    expect(read).toMatchObject({ type: 'i8', shape: [12], isBigEndian: false, dataStart: header.length });
  }
});
