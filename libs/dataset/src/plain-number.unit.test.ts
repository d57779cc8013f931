import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookOf, parseNumber } from './number-text.js';
import { COMMA_MARK, EITHER_POINT, INTEGER, PlainNumberReader, POINT } from './plain-number.js';

const reader = new PlainNumberReader();
const looks = { [INTEGER]: 'integer', [POINT]: 'point', [EITHER_POINT]: 'either point' } as const;

function read(text: string): { value: number; look: string } | null {
  const bytes = Buffer.from(`x${text},`);
  const look = reader.read(bytes, 1, bytes.length - 1);
  return look === 0 ? null : { value: reader.value, look: looks[look] };
}

test('any text is read as Number and lookOf read it, or left to them', () => {
  const digits = fc.stringMatching(/^\d{0,20}$/);
  const text = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      digits,
      fc.constantFrom('', '.', ','),
      digits,
      fc.constantFrom('', 'e', 'E-'),
      digits,
    )
    .map((parts) => parts.join(''));
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(text, fc.double().map(String), fc.float().map(String), fc.integer().map(String)), (cell) => {
      const found = read(cell);
      if (found === null) return;
      plain++;
      expect(found).toEqual({ value: Number(cell), look: lookOf(cell) });
    }),
    { numRuns: 5000 },
  );
  expect(plain).toBeGreaterThan(1500);
});

test.each(['0', '12', '-3', '1.5', '-0.25', '1.', '1e5', '1.5E-3', '0.12345678901234567', '123456789012345678'])(
  '%s is read from its bytes',
  (cell) => expect(read(cell)).toEqual({ value: Number(cell), look: lookOf(cell) }),
);

test.each(['', '-', '007', '-0', '+1', '.5', '1e999', '1,5', '1e', '1e+', '0x10', 'NaN', '5%', '1 000'])(
  "'%s' is left to the reader of texts",
  (cell) => expect(read(cell)).toBeNull(),
);

test('with decimal commas, any text is read as parseNumber reads it, or left to it', () => {
  const names = { [INTEGER]: 'integer', [POINT]: 'comma', [EITHER_POINT]: 'either' } as const;
  const part = fc.stringMatching(/^\d{0,5}$/);
  const text = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      part,
      fc.constantFrom('', '.', ','),
      part,
      fc.constantFrom('', 'e', 'E-'),
      part,
    )
    .map((parts) => parts.join(''));
  let read = 0;
  fc.assert(
    fc.property(text, (cell) => {
      const look = reader.read(Buffer.from(cell), 0, cell.length, COMMA_MARK);
      if (look === 0) return;
      read++;
      expect(reader.value).toBe(parseNumber(cell, { decimal: ',', percent: false }));
      expect(names[look]).toBe(lookOf(cell));
    }),
    { numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(500);
});
