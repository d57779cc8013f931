import { toOnnx, type Network } from '@mipnet/network';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { readModelFile, readNetwork } from './network-file.js';

const folder = mkdtempSync(join(tmpdir(), 'network-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const network: Network = {
  inputShape: [1],
  layers: [{ kind: 'dense', inputs: 1, outputs: 1, weights: Float64Array.of(2), bias: Float64Array.of(1) }],
};

it('reads a network plain or packed, and says which file holds none', async () => {
  const bytes = toOnnx(network);
  const [plain, packed, other] = ['net.onnx', 'net.onnx.gz', 'other.onnx'].map((name) => join(folder, name));
  writeFileSync(plain, bytes);
  writeFileSync(packed, gzipSync(bytes));
  writeFileSync(other, 'no network');
  expect(Buffer.compare(await readModelFile(packed), bytes)).toBe(0);
  expect((await readNetwork(packed)).layers).toEqual((await readNetwork(plain)).layers);
  await expect(readNetwork(other)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('other.onnx: '),
  });
});
