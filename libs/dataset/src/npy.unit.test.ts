import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNpy, npyHeader, parseNpy } from './npy.js';
import { npyBytes, npyTexts } from './testing/npy-bytes.js';

test('numbers of every type come back as they are', () => {
  const cases = [
    ['|u1', Uint8Array.of(0, 1, 255)],
    ['|i1', Int8Array.of(-128, 0, 127)],
    ['<u2', Uint16Array.of(0, 1, 65_535)],
    ['<i2', Int16Array.of(-5, 0, 7)],
    ['<u4', Uint32Array.of(0, 1, 4e9)],
    ['<i4', Int32Array.of(-5, 0, 2e9)],
    ['<i8', BigInt64Array.of(-5n, 0n, 2n ** 40n)],
    ['<u8', BigUint64Array.of(5n, 0n, 2n ** 40n)],
    ['<f4', Float32Array.of(-0.5, NaN, 1e30)],
    ['<f8', Float64Array.of(-0.1, NaN, 1e300)],
    ['|b1', Uint8Array.of(0, 1, 1)],
  ] as const;
  for (const [dtype, data] of cases) {
    const { values, shape, type } = parseNpy(npyBytes(dtype, [3], data), 'x');
    expect([dtype, shape, [...values]]).toEqual([dtype, [3], [...data].map(Number)]);
    expect(type).toBe(dtype.slice(1));
  }
});

test('the other byte order is turned', () => {
  const data = Buffer.from(Float32Array.of(1.5, -2).buffer).swap32();
  expect([...parseNpy(npyBytes('>f4', [2], data), 'x').values]).toEqual([1.5, -2]);
});

test('texts, of one or of four bytes a character', () => {
  expect(parseNpy(npyTexts(['a', 'bü', '日本語', '']), 'x').values).toEqual(['a', 'bü', '日本語', '']);
  expect(parseNpy(npyBytes('|S3', [2], Buffer.from('ab\0xyz')), 'x').values).toEqual(['ab', 'xyz']);
});

test("Fortran's order becomes row-major, for any shape", () => {
  const sides = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sides, (shape) => {
      const size = shape.reduce((product, side) => product * side, 1);
      // The number at an index is its place in Fortran's order.
      const { values } = parseNpy(
        npyBytes(
          '<i4',
          shape,
          Int32Array.from({ length: size }, (_, at) => at),
          true,
        ),
        'x',
      );
      for (let at = 0; at < size; at++) {
        let [rest, place, stride] = [at, 0, size];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          stride /= shape[axis];
          place += (rest % shape[axis]) * stride;
          rest = Math.floor(rest / shape[axis]);
        }
        expect(values[at]).toBe(place);
      }
    }),
  );
});

test('the header alone gives shape and type', () => {
  const bytes = npyBytes('<f8', [7, 28, 28], new Float64Array(7 * 784));
  expect(isNpy(bytes)).toBe(true);
  expect(npyHeader(bytes.subarray(0, 128), 'x')).toMatchObject({ shape: [7, 28, 28], type: 'f8' });
});

const good = npyBytes('<f4', [2, 2], Float32Array.of(1, 2, 3, 4));
test.each<[string, Buffer, string]>([
  ['Python objects', npyBytes('|O', [2], new Uint8Array(16)), 'a pickle, which is never loaded'],
  ['complex numbers', npyBytes('<c8', [2], new Uint8Array(16)), "has the type '<c8'"],
  ['float16', npyBytes('<f2', [2], new Uint8Array(4)), "has the type '<f2'"],
  ['dates', npyBytes('<M8[ns]', [2], new Uint8Array(16)), "has the type '<M8[ns]'"],
  ['records', Buffer.from(good.toString('latin1').replace("'<f4'", "[('a','<f4')]"), 'latin1'), 'an array of records'],
  ['too few numbers', good.subarray(0, -4), '2 x 2 numbers of 4 bytes take 16 bytes, and there are 12'],
  ['bytes at the end', Buffer.concat([good, Buffer.alloc(1)]), 'and there are 17'],
  ['another file', Buffer.from('a,b,c\n1,2,3\n4,5,6\n'), 'does not begin with'],
  ['a header that is cut off', good.subarray(0, 40), 'it ends within its header'],
  [
    'a header that is no dictionary',
    Buffer.concat([good.subarray(0, 10), Buffer.alloc(118, ' ')]),
    'not that of NumPy',
  ],
  ['a shape of 10^30', npyBytes('|u1', [1e10, 1e10, 1e10].map(BigInt) as never, new Uint8Array(3)), 'there are 3'],
])('is refused: %s', (_, bytes, message) => {
  expect(() => parseNpy(bytes, 'x.npy')).toThrow(/^x\.npy /);
  expect(() => parseNpy(bytes, 'x.npy')).toThrow(message);
});
