import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MemoryStore } from './memory-store.js';
import { openStore } from './open-store.js';

describe('openStore', () => {
  test('opens memory, a file URL and a plain path', async () => {
    const folder = join(tmpdir(), 'mipnet objects');
    expect(await openStore('memory:')).toBeInstanceOf(MemoryStore);
    expect((await openStore(folder)).url).toBe(pathToFileURL(folder).href);
    expect((await openStore(pathToFileURL(folder).href)).url).toBe(pathToFileURL(folder).href);
    expect((await openStore('objects')).url).toBe(pathToFileURL(join(process.cwd(), 'objects')).href);
  });

  test('asks the opener of another scheme', async () => {
    const store = new MemoryStore();
    const asked: string[] = [];
    const s3 = async (url: string) => {
      asked.push(url);
      return store;
    };
    expect(await openStore('s3://bucket/prefix', { s3 })).toBe(store);
    expect(asked).toEqual(['s3://bucket/prefix']);
  });

  test.each(['', '  ', 's3://bucket', 'constructor:x', 'file:relative', 'file://other-machine/folder'])(
    'refuses %j',
    async (url) => {
      await expect(openStore(url)).rejects.toMatchObject({ code: 'refused' });
    },
  );

  test('shows nothing but the scheme of a URL it does not know', async () => {
    await expect(openStore('ftp://me:hidden@host')).rejects.toThrow(/^(?!.*hidden).*ftp:.*known are/);
  });
});
