import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readRegularFile } from './read-regular-file.js';
import { isGzip, unpackGzip } from './unpack-gzip.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-read-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);

describe('readRegularFile', () => {
  it('reads a file of up to the limit, through a link too', async () => {
    const content = Buffer.alloc(2 ** 20 + 5, 'ab');
    writeFileSync(path('file'), content);
    symlinkSync(path('file'), path('link'));
    expect((await readRegularFile(path('link'), { most: content.length })).equals(content)).toBe(true);
    await expect(readRegularFile(path('file'), { most: content.length - 1, what: 'the plan' })).rejects.toMatchObject({
      code: 'bad-input',
      message: `the plan: ${path('file')} is larger than 1 MiB, the most that is read`,
    });
    writeFileSync(path('empty'), '');
    expect(await readRegularFile(path('empty'), { most: 0 })).toHaveLength(0);
  });

  it('refuses a folder, a pipe, a device and a file that is not there, without waiting', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    await expect(readRegularFile(folder, { most: 9 })).rejects.toMatchObject({
      message: `${folder} is a folder, not a file`,
    });
    await expect(readRegularFile(path('pipe'), { most: 9 })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('is a pipe'),
    });
    await expect(readRegularFile('/dev/zero', { most: 9 })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('is a device'),
    });
    await expect(readRegularFile(path('nope'), { most: 9 })).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringContaining('there is no such file'),
    });
  });

  it.skipIf(process.platform !== 'linux')('keeps to the limit where the system states a size of 0', async () => {
    expect((await readRegularFile('/proc/self/status', { most: 100_000 })).toString()).toContain('VmRSS');
    await expect(readRegularFile('/proc/self/status', { most: 100 })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('unpackGzip', () => {
  const limit = { most: 1000, fix: 'Get it again.' };

  it('unpacks up to the limit and not beyond', () => {
    const packed = gzipSync(Buffer.alloc(1000, 7));
    expect(isGzip(packed)).toBe(true);
    expect(unpackGzip(packed, 'f.gz', limit)).toEqual(Buffer.alloc(1000, 7));
    expect(() => unpackGzip(gzipSync(Buffer.alloc(2 ** 26)), 'f.gz', { ...limit, most: 2 ** 20 })).toThrow(
      expect.objectContaining({ code: 'bad-input', message: 'f.gz unpacks to more than 1 MiB, the most that is read' }),
    );
  });

  it('tells a file that is cut off from one that is damaged', () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 900 }, (_, k) => (k * k) % 251)));
    expect(() => unpackGzip(packed.subarray(0, 100), 'f.gz', limit)).toThrow(
      expect.objectContaining({
        code: 'damaged',
        message: 'f.gz is not a whole gzip file: it is cut off. Get it again.',
      }),
    );
    const flipped = Buffer.from(packed);
    flipped[flipped.length - 6] ^= 1;
    expect(() => unpackGzip(flipped, 'f.gz', limit)).toThrow(
      expect.objectContaining({ code: 'damaged', message: expect.stringContaining('its content is damaged') }),
    );
  });
});
