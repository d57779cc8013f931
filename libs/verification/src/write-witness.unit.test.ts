import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from './npy.js';
import { imageShape } from './image-shape.js';
import { differencePixels, encodePicture } from './picture.js';
import { writeWitness } from './write-witness.js';

/** Reads an .npy file as its specification says, without the writer. */
function decodeNpy(bytes: Uint8Array): { header: string; numbers: number[] } {
  const buffer = Buffer.from(bytes);
  expect(buffer.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
  const start = 10 + buffer.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = buffer.toString('latin1', 10, start);
  expect(header.endsWith('\n')).toBe(true);
  const wide = header.includes("'<f8'");
  const numbers = Array.from({ length: (buffer.length - start) / (wide ? 8 : 4) }, (_, i) =>
    wide ? buffer.readDoubleLE(start + 8 * i) : buffer.readFloatLE(start + 4 * i),
  );
  return { header: header.trimEnd(), numbers };
}

describe('encodeNpy', () => {
  it('writes what the format says', () => {
    expect(decodeNpy(encodeNpy(Float64Array.of(0.1, -2, 3, 4, 5, 6), [2, 3]))).toEqual({
      header: "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
      numbers: [0.1, -2, 3, 4, 5, 6],
    });
    expect(decodeNpy(encodeNpy(Float32Array.of(0.5), [1]))).toEqual({
      header: "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
      numbers: [0.5],
    });
    expect(() => encodeNpy(Float32Array.of(0.5), [2])).toThrow(RangeError);
  });
});

describe('encodePicture', () => {
  it('paints grey and colour, clipped to black and white', () => {
    const grey = PNG.sync.read(Buffer.from(encodePicture(Float64Array.of(0, 0.5, 1, 7), [1, 2, 2], 1)));
    expect([...grey.data].filter((_, i) => i % 4 === 0)).toEqual([0, 128, 255, 255]);
    const colour = PNG.sync.read(Buffer.from(encodePicture(Float64Array.of(1, 0.2, 0), [3, 1, 1], 2)));
    expect([colour.width, colour.height, ...colour.data.subarray(12)]).toEqual([2, 2, 255, 51, 0, 255]);
    expect(() => encodePicture(new Float64Array(3), [1, 2, 2])).toThrow(expect.objectContaining({ code: 'query' }));
  });

  it('shows a difference on its own scale', () => {
    expect([...differencePixels(Float64Array.of(0, 0.5, 1), Float64Array.of(0.1, 0.5, 0.95))]).toEqual([
      1,
      0.5,
      expect.closeTo(0.25, 9),
    ]);
    expect([...differencePixels(Float64Array.of(1), Float64Array.of(1))]).toEqual([0.5]);
  });

  it.each([
    [
      [28, 28],
      [1, 28, 28],
    ],
    [
      [1, 28, 28],
      [1, 28, 28],
    ],
    [
      [3, 8, 9],
      [3, 8, 9],
    ],
    [[784], undefined],
    [[784, 1], undefined],
    [[4, 8, 8], undefined],
  ])('takes an input of shape %j for the image %j', (shape, expected) => {
    expect(imageShape(shape)).toEqual(expected);
  });
});

describe('writeWitness', () => {
  const witness = (...input: number[]) => ({
    input: Float64Array.from(input),
    outputs: Float64Array.of(0),
    runtimeOutputs: Float64Array.of(0),
    value: 0,
    distance: null,
  });

  it('writes the numbers that were replayed, and pictures of an image', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mipnet-witness-'));
    try {
      const plain = await writeWitness(join(folder, 'new'), 'case 1', witness(0.1, 0.5), { shape: [2] });
      expect(plain.pictures).toBeUndefined();
      expect(decodeNpy(await readFile(plain.array)).numbers).toEqual([0.1, 0.5]);
      const pictured = await writeWitness(folder, 'image', witness(0.25, 0.5, 0, 1), {
        shape: [1, 2, 2],
        original: Float64Array.of(0, 0.5, 0, 1),
        image: [1, 2, 2],
      });
      expect(decodeNpy(await readFile(pictured.array)).header).toContain('<f4');
      for (const [path, corner] of [
        [pictured.pictures?.original, 0],
        [pictured.pictures?.witness, 64],
        [pictured.pictures?.difference, 255],
      ] as const) {
        expect(PNG.sync.read(await readFile(path as string)).data[0]).toBe(corner);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
