import { CsvError, parse } from 'csv-parse/sync';
import { DatasetError, reasonOf } from './dataset-error.js';
import { readPlainOrGzip } from './gzip-file.js';

export interface CsvFile {
  readonly path: string;
  /** From the header, or `column 0`, `column 1`, ... */
  readonly columnNames: readonly string[];
  readonly hasHeader: boolean;
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row ends, from 1: what an editor shows. */
  readonly lines: Int32Array;
}

export interface CsvFormat {
  /** Whether the first row names the columns. @default found out, see `looksLikeHeader` */
  readonly header?: boolean;
  /** @default ',' */
  readonly delimiter?: string;
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const notFinite = /^[+-]?(nan|inf|infinity)$/i;

export const isMissing = (cell: string): boolean => cell === '' || cell === '?' || cell === 'NA';
/** Also true for `NaN` and `Infinity`, which are numbers nobody can use. */
export const isNumeric = (cell: string): boolean => number.test(cell) || notFinite.test(cell);
export const toNumber = (cell: string): number => (notFinite.test(cell) ? NaN : Number(cell));

/**
 * Reads a table of comma-separated values, packed with gzip or not. Spaces round a cell do not count.
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input' with the line
 */
export async function readCsv(path: string, { header, delimiter = ',' }: CsvFormat): Promise<CsvFile> {
  const bytes = await readPlainOrGzip(path, 'Fetch it again.');
  let records: { readonly record: string[]; readonly info: { readonly lines: number } }[];
  try {
    records = parse(bytes, { bom: true, trim: true, skip_empty_lines: true, delimiter, info: true }) as unknown as typeof records;
  } catch (cause) {
    const fix = cause instanceof CsvError && cause.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
      ? ' Every line must have as many cells as the first.' : '';
    throw new DatasetError('bad-input', `${path}: ${reasonOf(cause)}.${fix}`, { cause });
  }
  if (records.length === 0) throw new DatasetError('bad-input', `${path} has no rows`);

  const first = records[0].record;
  const hasHeader = header ?? looksLikeHeader(first, records[1]?.record);
  const body = hasHeader ? records.slice(1) : records;
  if (body.length === 0) throw new DatasetError('bad-input', `${path} has a header and no rows`);
  const columnNames = first.map((cell, at) => (hasHeader && cell !== '' ? cell : `column ${at}`));
  const twice = columnNames.find((name, at) => columnNames.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new DatasetError('bad-input', `${path} has two columns named '${twice}'. If its first line is data, set header: false.`);
  }
  return {
    path, columnNames, hasHeader,
    rows: body.map(({ record }) => record),
    lines: Int32Array.from(body, ({ info }) => info.lines),
  };
}

/** Names are not numbers: a first row without a number above a row with one is a header. */
function looksLikeHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  return second !== undefined && !first.some((cell) => isNumeric(cell) || cell === '?') && second.some(isNumeric);
}
