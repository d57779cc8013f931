import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fileHash } from './file-hash.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-hash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('of a file', async () => {
  writeFileSync(join(folder, 't.csv'), 'a,b');
  expect(await fileHash(join(folder, 't.csv'))).toBe(sha256('a,b'));
  expect(await fileHash(join(folder, 'none.csv'))).toBeUndefined();
});

test('of a folder: its images and their places, whatever lies beside them', async () => {
  const images = join(folder, 'images');
  for (const name of ['b', 'a']) {
    mkdirSync(join(images, 'train', name), { recursive: true });
    writeFileSync(join(images, 'train', name, '0.png'), name);
  }
  writeFileSync(join(images, 'notes.txt'), 'x');
  const lines = `${sha256('a')}  ./train/a/0.png\n${sha256('b')}  ./train/b/0.png\n`;
  expect(await fileHash(images)).toBe(sha256(lines));
  expect(await fileHash(join(images, 'train', 'a'))).toBe(sha256(`${sha256('a')}  ./0.png\n`));
  mkdirSync(join(folder, 'empty'));
  expect(await fileHash(join(folder, 'empty'))).toBeUndefined();
});
