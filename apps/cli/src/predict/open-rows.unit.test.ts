import { deskewed, writeNpyHeader } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, expect, test } from 'vitest';
import { openRows } from './open-rows.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-open-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain: Network = { inputShape: [1, 2, 3], layers: [{ kind: 'flatten' }] };
const straight: Network = { ...plain, metadata: { transformation: 'deskew' } };
const bytes = [0, 40, 255, 200, 10, 0];

const idx = join(folder, 'some-images-idx3-ubyte');
writeFileSync(idx, Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, ...bytes, ...bytes.toReversed()]));
const png = new PNG({ width: 3, height: 2 });
bytes.forEach((byte, at) => png.data.fill(byte, 4 * at, 4 * at + 3).fill(255, 4 * at + 3, 4 * at + 4));
writeFileSync(join(folder, 'one.png'), PNG.sync.write(png, { colorType: 0 }));

function npy(name: string, values: readonly number[]): string {
  const path = join(folder, name);
  const numbers = Buffer.from(Float32Array.from(values).buffer);
  writeFileSync(path, Buffer.concat([writeNpyHeader('float32', [values.length / 6, 6]), numbers]));
  return path;
}

async function batchesOf(path: string, network: Network, most = 8) {
  const source = await openRows(path, network, 'net.onnx', () => undefined);
  const inputs: number[] = [];
  const names: (readonly string[])[] = [];
  for await (const batch of source.batches(most)) {
    inputs.push(...batch.inputs);
    names.push(...(batch.cells ?? []));
  }
  return { inputs, names, source };
}
const pixels = (of: Iterable<number>): number[] => Array.from(of, (byte) => Math.fround(byte / 255));

test('images of an IDX file and of PNG files', async () => {
  const both = [...bytes, ...bytes.toReversed()];
  expect(await batchesOf(idx, plain, 1)).toMatchObject({ inputs: pixels(both), names: [] });
  expect(await batchesOf(join(folder, 'one.png'), plain)).toMatchObject({
    inputs: pixels(bytes),
    names: [['one.png']],
  });
});

test('a network of deskewed images deskews them, whatever kind of file they are in', async () => {
  const expected = pixels(deskewed(Uint8Array.from(bytes), [1, 2, 3]));
  expect(expected).not.toEqual(pixels(bytes));
  expect((await batchesOf(join(folder, 'one.png'), straight)).inputs).toEqual(expected);
  expect((await batchesOf(idx, straight)).inputs.slice(0, 6)).toEqual(expected);
  const exact = bytes.map((byte) => byte / 255);
  expect((await batchesOf(npy('exact.npy', exact), straight)).inputs).toEqual(expected);
  const near = bytes.map((byte) => Math.min(1, byte / 255 + 0.001));
  expect((await batchesOf(npy('near.npy', near), straight)).inputs).toEqual(expected);
});

test('what is no pixel, images of another size, and an unknown transformation are refused', async () => {
  const wide = npy('wide.npy', [...bytes.map(() => 0), 0, 0, 1.5, 0, 0, 0]);
  await expect(batchesOf(wide, straight)).rejects.toThrow(
    'row 1, input 2: 1.5 is no pixel from 0 to 1, and net.onnx reads deskewed images',
  );
  await expect(batchesOf(idx, { ...plain, inputShape: [1, 3, 2] })).rejects.toThrow(
    `the images of ${idx} have 1 x 2 x 3 pixels, and the network takes 1 x 3 x 2`,
  );
  const other: Network = { ...plain, metadata: { transformation: 'rotate' } };
  await expect(batchesOf(idx, other)).rejects.toThrow(
    'net.onnx: the metadata transformation is "rotate", and only deskew is known; use the version that wrote the file',
  );
  const flat: Network = { inputShape: [6], layers: [], metadata: { transformation: 'deskew' } };
  await expect(batchesOf(idx, flat)).rejects.toThrow(
    'net.onnx: the metadata transformation is for images, and the network takes 6 numbers',
  );
});
