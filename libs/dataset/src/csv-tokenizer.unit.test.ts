import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvTokenizer } from './csv-tokenizer.js';

/** All records, the text given in pieces of these lengths, as a file arrives. */
function records(text: string, delimiter: string, pieces: readonly number[] = []): string[][] {
  const tokenizer = new CsvTokenizer('t.csv', delimiter, 100);
  const whole = Buffer.from(text);
  const found: string[][] = [];
  let kept: Buffer = Buffer.alloc(0);
  let from = 0;
  for (const length of [...pieces, whole.length]) {
    const piece = whole.subarray(from, from + length);
    from += piece.length;
    const isLast = from >= whole.length;
    // A copy, because the tokenizer writes into it.
    const bytes = Buffer.concat([kept, piece]);
    for (let at = 0; (at = tokenizer.next(bytes, at, bytes.length, isLast)) >= 0;) {
      const { starts, ends, cells } = tokenizer;
      found.push(Array.from({ length: cells }, (_, i) => bytes.toString('utf8', starts[i], ends[i])));
    }
    kept = bytes.subarray(tokenizer.consumed);
    if (isLast) break;
  }
  return found;
}

const reference = (text: string, delimiter: string): string[][] | null => {
  try {
    return parse(text, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch {
    return null;
  }
};

test('any text gives the records that csv-parse gives, or both refuse it', () => {
  const delimiters = fc.constantFrom(',', ';', '\t', '|', ' ', '¦');
  const parts = ['a', '1.5', '-2e3', '"', '""', '\n', '\r', '\r\n', ' ', '\t', '\u00a0', '\u2003', 'ü', '|', ',', '¦'];
  const text = fc.array(fc.constantFrom(...parts, ',', ',', '\n'), { maxLength: 24 }).map((some) => some.join(''));
  let read = 0;
  fc.assert(
    fc.property(text, delimiters, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }), (csv, mark, pieces) => {
      // csv-parse joins `"" "b"` to one cell, where text behind a closing quote is refused here; and it
      // refuses white space of several bytes after a closing quote.
      fc.pre(!/""\s+"|"\s*[\u00a0\u2003]/.test(csv));
      const wanted = reference(csv, mark);
      if (wanted === null) return void expect(() => records(csv, mark, pieces)).toThrow(/^t\.csv, line \d+: /);
      read += wanted.length;
      expect(records(csv, mark, pieces)).toEqual(wanted);
    }),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(1000);
});

test('quoted cells of any text come back', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const text = rows.map((row) => row.map((part) => `"${part.replaceAll('"', '""')}"`).join(' , ')).join('\n');
      expect(records(text, ',')).toEqual(rows);
    }),
  );
});

test('lines are counted as an editor does, and a record is on the line on which it ends', () => {
  const tokenizer = new CsvTokenizer('t.csv', ',', 100);
  const bytes = Buffer.from('a,b\r\n\n1,"x\r\ny"\r2,z\n  \n3,w');
  const lines: number[] = [];
  for (let at = 0; (at = tokenizer.next(bytes, at, bytes.length, true)) >= 0;) lines.push(tokenizer.endLine);
  expect(lines).toEqual([1, 4, 5, 7]);
});

test.each([
  ['a,b\n1,"x\ny', 't.csv, line 2: a quote is opened and not closed'],
  ['a,b\n1,x"y', 't.csv, line 2: a quote is within a cell'],
  ['a,b\n\n1,"x" y', 't.csv, line 3: there is text behind the closing quote of a cell'],
  [','.repeat(100), 't.csv, line 1: the table has more than 100 columns'],
])('%j is refused with the line', (text, message) => {
  expect(() => records(text, ',')).toThrow(message);
});
