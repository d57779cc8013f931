import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectStoreConformance } from './conformance.js';
import { writeFailure } from './folder-failure.js';
import { FolderStore } from './folder-store.js';

async function keys(store: FolderStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const key of store.list(prefix)) found.push(key);
  return found;
}

let base: string;
let made = 0;
const newFolder = () => join(base, String(made++));

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'mipnet-folder-store-'));
});
afterAll(() => rm(base, { recursive: true }));

objectStoreConformance('folder', () => new FolderStore(newFolder()));

describe('FolderStore', () => {
  test('is made by the first write, and empty before', async () => {
    const store = new FolderStore(join(newFolder(), 'deep/below'));
    expect(await keys(store, '')).toEqual([]);
    await expect(store.read('a')).rejects.toMatchObject({ code: 'missing' });
    await store.write('a', Uint8Array.of(1));
    expect(await store.has('a')).toBe(true);
  });

  test('refuses to read, write, list or remove through a link out of it', async () => {
    const outside = newFolder();
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'secret');
    const inside = newFolder();
    await mkdir(inside);
    await symlink(outside, join(inside, 'link'));
    await symlink(join(outside, 'secret'), join(inside, 'file'));
    const store = new FolderStore(inside);
    for (const key of ['link/secret', 'file']) {
      await expect(store.read(key)).rejects.toMatchObject({ code: 'refused' });
      await expect(store.readRange(key, 0, 1)).rejects.toMatchObject({ code: 'refused' });
      await expect(store.has(key)).rejects.toMatchObject({ code: 'refused' });
      await expect(store.remove(key)).rejects.toMatchObject({ code: 'refused' });
      await expect(store.write(key, Uint8Array.of(0))).rejects.toMatchObject({ code: 'refused' });
    }
    await expect(store.write('link/new/folder', Uint8Array.of(0))).rejects.toMatchObject({ code: 'refused' });
    await expect(keys(store, 'link/')).rejects.toMatchObject({ code: 'refused' });
    expect(await keys(store, '')).toEqual([]);
    expect(await readdir(outside)).toEqual(['secret']);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
  });

  test('may itself be behind a link', async () => {
    const folder = newFolder();
    await mkdir(folder);
    await symlink(folder, `${folder}-link`);
    const store = new FolderStore(`${folder}-link`);
    await store.write('a/b', Uint8Array.of(7));
    expect(await store.read('a/b')).toEqual(Uint8Array.of(7));
  });

  test('leaves no temporary file behind a write that fails', async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    await store.write('folder/object', Uint8Array.of(1));
    const failed = store.write('folder', Uint8Array.of(2));
    await expect(failed).rejects.toMatchObject({ code: 'unwritable' });
    await expect(failed).rejects.toThrow(
      `cannot write object folder into the folder ${folder}: the key names a folder`,
    );
    expect(await readdir(folder)).toEqual(['folder']);
  });

  test('says that a file stands where the folder should be', async () => {
    const file = newFolder();
    await writeFile(file, '');
    const failed = new FolderStore(join(file, 'store')).write('a', Uint8Array.of(1));
    await expect(failed).rejects.toMatchObject({ code: 'unwritable' });
    await expect(failed).rejects.toThrow(`into the folder ${join(file, 'store')}: a part of its path is a file`);
  });

  test.each([
    ['ENOSPC', 'its disk is full'],
    ['EROFS', 'its file system is read-only'],
    ['EACCES', 'this user may not write there'],
    ['EIO', 'the system says EIO'],
  ])('names the folder and the way out after %s', (code, why) => {
    const cause = Object.assign(new Error('write'), { code });
    const error = writeFailure('/data/objects', 'runs/1', cause);
    expect(error).toMatchObject({ code: 'unwritable', cause });
    expect(error.message).toContain(`cannot write object runs/1 into the folder /data/objects: ${why}`);
  });
});
