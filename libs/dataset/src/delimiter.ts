// Tested by csv-reading.unit.test.ts.
import { CsvError, parse } from 'csv-parse/sync';
import { lookOf } from './number-text.js';

/** The delimiters of CSV files, the most usual one first. */
const candidates = [',', ';', '\t', '|'] as const;

/** Bytes and lines that the decision rests on. */
const sampleBytes = 2 ** 18;
const sampleRows = 50;

export interface FoundDelimiter {
  readonly delimiter: string;
  /** Another delimiter also gives the first lines equally many cells. */
  readonly doubtful: boolean;
}

export const delimiterName = (delimiter: string): string => (delimiter === '\t' ? 'tab' : `'${delimiter}'`);

/**
 * The delimiter that divides each of the first lines into the same number of cells, two or more. If several do, the one
 * whose cells are most often numbers. If none does, the comma, or the most frequent one in the first line.
 */
export function findDelimiter(utf8: Uint8Array): FoundDelimiter {
  const sample = utf8.subarray(0, sampleBytes);
  const cut = sample.length < utf8.length;
  const even = candidates.flatMap((delimiter) => {
    const rows = rowsOf(sample, delimiter, cut);
    return rows !== null && rows[0]?.length > 1 && rows.every((row) => row.length === rows[0].length)
      ? [{ delimiter, numbers: shareOfNumbers(rows) }]
      : [];
  });
  // Stable, so that the usual one comes first among equals.
  const [best] = [...even].sort((a, b) => b.numbers - a.numbers);
  if (best !== undefined) return { delimiter: best.delimiter, doubtful: even.length > 1 };
  const end = sample.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const line = Buffer.from(sample.subarray(0, end < 0 ? sample.length : end)).toString();
  const counts = candidates.map((delimiter) => ({ delimiter, count: line.split(delimiter).length - 1 }));
  const most = counts.reduce((first, other) => (other.count > first.count ? other : first));
  return { delimiter: most.delimiter, doubtful: most.delimiter !== ',' };
}

/**
 * Excel reads and writes a first line such as `sep=;`. It is not a row; its line end stays, so that lines keep their
 * numbers.
 * @returns the text after it, and the delimiter
 */
export function withoutSeparatorLine(utf8: Buffer): { readonly utf8: Buffer; readonly delimiter?: string } {
  const line = /^(?:\ufeff)?"?sep=([,;|\t])"?(?=[\r\n])/i.exec(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8.subarray(0, 16)),
  );
  return line === null ? { utf8 } : { utf8: utf8.subarray(Buffer.byteLength(line[0])), delimiter: line[1] };
}

/** null if the text is no CSV with this delimiter. A row that the sample cuts off is left out. */
function rowsOf(sample: Uint8Array, delimiter: string, cut: boolean): readonly (readonly string[])[] | null {
  const rows: string[][] = [];
  const collect = (row: string[]): null => {
    rows.push(row);
    return null;
  };
  try {
    parse(sample, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      to: sampleRows,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: collect,
    });
  } catch (error) {
    if (!cut || !(error instanceof CsvError) || error.code !== 'CSV_QUOTE_NOT_CLOSED') return null;
    return rows;
  }
  return cut && rows.length > 1 && rows.length < sampleRows ? rows.slice(0, -1) : rows;
}

function shareOfNumbers(rows: readonly (readonly string[])[]): number {
  let numbers = 0;
  let cells = 0;
  for (const row of rows) {
    for (const cell of row) {
      cells++;
      if (lookOf(cell) !== 'word') numbers++;
    }
  }
  return numbers / cells;
}
