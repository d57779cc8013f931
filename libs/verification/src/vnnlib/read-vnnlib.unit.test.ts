import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { vnnlibQueries } from './property.js';
import { decodeVnnlib, readVnnlib } from './read-vnnlib.js';

const text =
  '(declare-const X_0 Real)(declare-const Y_0 Real)(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= Y_0 2))';
const bytes = new TextEncoder().encode(text);

describe('decodeVnnlib', () => {
  it('reads plain text and gzip alike', () => {
    expect(decodeVnnlib(gzipSync(bytes))).toEqual(decodeVnnlib(bytes));
  });

  it('refuses a shortened gzip, other bytes, and a file that is not there', async () => {
    expect(() => decodeVnnlib(gzipSync(bytes).subarray(0, 40))).toThrow(
      expect.objectContaining({ code: 'truncated', cause: expect.anything() }),
    );
    expect(() => decodeVnnlib(Uint8Array.of(0x28, 0xff, 0xfe))).toThrow(expect.objectContaining({ code: 'syntax' }));
    await expect(readVnnlib('/nowhere/p.vnnlib')).rejects.toMatchObject({ code: 'query' });
    await expect(readVnnlib('/dev/zero')).rejects.toMatchObject({
      code: 'unsupported',
      message: 'the property: /dev/zero is a device, not a file',
    });
    await expect(readVnnlib('/tmp')).rejects.toMatchObject({
      name: 'VerificationError',
      message: 'the property: /tmp is a folder, not a file',
    });
  });

  it('unpacks no more than a limit', () => {
    expect(() => decodeVnnlib(gzipSync(Buffer.alloc(2 ** 27, ' ')), 'bomb.vnnlib.gz')).toThrow(
      expect.objectContaining({
        name: 'VerificationError',
        code: 'unsupported',
        message: 'bomb.vnnlib.gz unpacks to more than 64 MiB, the most that is read',
      }),
    );
  });
});

const data = process.env.MIPNET_DATA;

describe('the mnistfc properties of VNN-COMP', () => {
  it.skipIf(data === undefined)(
    'are 30 boxes in [0, 1] around an image with nine ways to be misclassified (skipped unless MIPNET_DATA is set)',
    { timeout: 300_000 },
    async () => {
      const folder = join(data as string, 'mnistfc');
      const names = (await readdir(folder)).filter((name) => name.endsWith('.vnnlib.gz'));
      expect(names).toHaveLength(30);
      for (const name of names) {
        const packed = await readFile(join(folder, name));
        const property = decodeVnnlib(packed);
        expect(property).toMatchObject({ inputs: 784, outputs: 10, contradictions: [] });
        const [query, ...others] = vnnlibQueries(property);
        expect(others).toEqual([]);
        expect(query.unsafe).toHaveLength(9);
        const labels = new Set(
          query.unsafe.map(([row, ...more]) => (more.length === 0 ? row.coefficients.indexOf(-1) : -1)),
        );
        expect(labels.size).toBe(1);
        expect(labels.has(-1)).toBe(false);
        const { lower, upper } = query.region.box;
        const epsilon = name.includes('_0.03') ? 0.03 : 0.05;
        for (let i = 0; i < 784; i++) {
          const width = upper[i] - lower[i];
          if (!(lower[i] >= 0 && upper[i] <= 1 && width > 0 && width <= 2 * epsilon + 1e-6))
            expect.fail(`${name}: X_${i} is in [${lower[i]}, ${upper[i]}]`);
        }
      }
    },
  );
});
