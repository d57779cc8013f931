import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { putObject } from './content-addressed.js';
import { decodeDocument, encodeDocument, getDocument, putDocument } from './document.js';
import { MemoryStore } from './memory-store.js';

const typedArray = fc.oneof(fc.float64Array(), fc.float32Array(), fc.int32Array(), fc.int8Array(), fc.uint8Array());
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.double(),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    typedArray,
    fc.array(tie('document')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('document'),
      { noNullPrototype: true },
    ),
  ),
}));

describe('documents', () => {
  test('read back as they were, bit for bit', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(decodeDocument(encodeDocument(value))).toStrictEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('are the same bytes for the same value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          document,
          { noNullPrototype: true },
        ),
        (value) => {
          const reordered = Object.fromEntries(Object.entries(value).reverse());
          expect(encodeDocument(reordered)).toEqual(encodeDocument(value));
          expect(encodeDocument(decodeDocument(encodeDocument(value)))).toEqual(encodeDocument(value));
        },
      ),
    );
  });

  test('keep typed arrays as RFC 8746 writes them', () => {
    // Map of one pair, key "w", tag 86 (float64, little endian), 8 bytes, 1.5.
    const hex = 'd9d9f7a16177d85648000000000000f83f';
    expect(Buffer.from(encodeDocument({ w: Float64Array.of(1.5) })).toString('hex')).toBe(hex);
    expect(decodeDocument(Buffer.from(hex, 'hex'))).toStrictEqual({ w: Float64Array.of(1.5) });
  });

  test('give arrays of their own class, aligned, with a buffer of their own', () => {
    const shifted = new Float64Array(new ArrayBuffer(64), 16, 3).fill(0.1);
    const read = decodeDocument<Record<string, Float64Array>>(
      encodeDocument({ a: 'x', shifted, node: Buffer.from([1, 2]) }),
    );
    expect(read.shifted).toStrictEqual(Float64Array.of(0.1, 0.1, 0.1));
    expect(read.shifted.buffer.byteLength).toBe(24);
    expect(read.node.constructor).toBe(Uint8Array);
  });

  test('leave out what is undefined', () => {
    expect(encodeDocument({ a: 1, b: undefined })).toEqual(encodeDocument({ a: 1 }));
  });

  test.each([
    [{ a: [1, new Map()] }, 'document.a[1] is of class Map'],
    [{ at: new Date(0) }, 'document.at is of class Date'],
    [{ big: 1n }, 'document.big is of type bigint'],
    [[undefined], 'document[0] is of type undefined'],
    [{ w: new Uint16Array(1) }, 'document.w is of class Uint16Array'],
    [JSON.parse('{"__proto__": 1}'), 'document is an object with the key __proto__'],
  ])('refuse what is not plain data (%#)', (value, message) => {
    expect(() => encodeDocument(value)).toThrow(
      expect.objectContaining({ code: 'refused', message: expect.stringContaining(message) }),
    );
  });

  test('refuse a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle.itself = cycle;
    expect(() => encodeDocument(cycle)).toThrow('or a cycle');
  });

  test('are stored by their hash', async () => {
    const store = new MemoryStore();
    const value = { layers: [{ kind: 'dense', weights: Float64Array.of(-0, NaN, Infinity, 0.1) }], seed: -0 };
    const ref = await putDocument(store, 'networks', value);
    expect(await getDocument(store, ref)).toStrictEqual(value);
  });
});

describe('garbage', () => {
  test('without the mark is damaged', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', new TextEncoder().encode('{"layers": []}'));
    const failed = getDocument(store, ref);
    await expect(failed).rejects.toMatchObject({ code: 'damaged' });
    await expect(failed).rejects.toThrow(`object ${ref.key} in memory: is not a document`);
  });

  test('behind the mark is damaged, or a plain value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const bytes = Uint8Array.of(0xd9, 0xd9, 0xf7, ...noise);
        let value;
        try {
          value = decodeDocument(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'damaged' });
          return;
        }
        expect(decodeDocument(encodeDocument(value))).toStrictEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('a document that was cut anywhere is damaged', () => {
    const bytes = encodeDocument({ name: 'net', weights: Float64Array.of(1, 2, 3), shape: [1, 28, 28] });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeDocument(bytes.slice(0, length))).toThrow(expect.objectContaining({ code: 'damaged' }));
    }
    expect(() => decodeDocument(Uint8Array.of(...bytes, 0))).toThrow(expect.objectContaining({ code: 'damaged' }));
  });
});
