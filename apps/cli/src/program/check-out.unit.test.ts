import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOut } from './check-out.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-out-'));
  await writeFile(join(folder, 'table.csv'), 'a,b');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['a folder that is not there', 'none/net.onnx', 'does not exist or cannot be written (ENOENT)'],
  ["a file in a folder's place", 'table.csv/net.onnx', 'does not exist or cannot be written (ENOTDIR)'],
  ['a folder', '.', 'is a folder; give the name of a file in it'],
])('--out: %s is refused before any work', async (_, out, message) => {
  await expect(checkOut(join(folder, out))).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining(message),
  });
});

test('--out: a place that can be written is taken, and nothing is left there', async () => {
  expect(await checkOut(join(folder, 'net.onnx'))).toBe(join(folder, 'net.onnx'));
  expect(await readdir(folder)).toEqual(['table.csv']);
});
