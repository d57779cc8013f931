import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { DatasetError, reasonOf } from './dataset-error.js';
import { delimiterName, findDelimiter, withoutSeparatorLine } from './delimiter.js';
import { findHeader } from './header.js';
import { missingValues, type MissingValues } from './missing-values.js';
import { isGzip } from './unpack-gzip.js';

/** A table that is read once, row by row, however long it is. */
export interface TableStream {
  readonly path: string;
  /** From the header, or `column 0`, `column 1`, ... */
  readonly columnNames: readonly string[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
  readonly missing: MissingValues;
  /** The first rows, for decisions about columns; `rows` gives them, too. */
  readonly sample: readonly TableRow[];
  rows(): AsyncGenerator<TableRow>;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Line of the file on which it ends, counted from 1 as in an editor. */
  readonly line: number;
}

/** Rows that decisions rest on, and the longest row, characters. */
const [sampleRows, longestRow] = [2_000, 2 ** 26];

/**
 * Opens a table of separated values, plain or gzip, as UTF-8 or, by its byte-order mark, UTF-16. Delimiter and header
 * are found out as for `readCsv`.
 * @param asked names of columns that the reader needs
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input', also while rows are read
 */
export async function openTableStream(path: string, asked: readonly string[]): Promise<TableStream> {
  const start = await startOf(path);
  if (start.length === 0) throw new DatasetError('bad-input', `${path} is empty`);
  const { head, separator } = await textHead(path);
  const delimiter = separator ?? findDelimiter(Buffer.from(head)).delimiter;
  const records = recordsOf(path, delimiter, separator !== undefined);
  const sample: TableRow[] = [];
  let done = false;
  while (sample.length <= sampleRows && !done) {
    const next = await records.next();
    if (next.done === true) done = true;
    else sample.push(next.value);
  }
  if (sample.length === 0) throw new DatasetError('bad-input', `${path} has no rows`);
  const missing = missingValues();
  const { hasHeader } = findHeader({ records: sample.map(({ cells }) => cells), missing, asked });
  const [first, ...below] = sample;
  if (hasHeader && below.length === 0) throw new DatasetError('bad-input', `${path} has a header and no rows`);
  const rows = hasHeader ? below : sample;
  return {
    path,
    columnNames: first.cells.map((cell, at) => (hasHeader && cell !== '' ? cell : `column ${at}`)),
    hasHeader,
    delimiter,
    missing,
    sample: rows,
    rows: async function* () {
      yield* rows;
      yield* records;
    },
  };
}

async function startOf(path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new DatasetError('bad-input', `${path} is no file; rows are read from a regular file`);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64), position: 0 });
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? 'there is no such file' : reasonOf(cause);
    throw new DatasetError('missing', `${path} cannot be read (${why})`, { cause });
  }
}

/** Pieces of text. @throws DatasetError for bytes that are no text */
async function* textOf(path: string): AsyncGenerator<string> {
  const packed = isGzip(await startOf(path));
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  const unpacked = packed ? file.pipe(createGunzip()) : file;
  file.once('error', (error) => unpacked.destroy(error));
  let decoder: TextDecoder | undefined;
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      decoder ??= new TextDecoder(encodingOf(piece), { fatal: true });
      const text = decoder.decode(piece, { stream: true });
      if (text.includes('\0')) throw new DatasetError('bad-input', `${path} is no table of text: a byte is 0`);
      yield text;
    }
    yield decoder?.decode() ?? '';
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    if (cause instanceof TypeError)
      throw new DatasetError('bad-input', `${path} is not UTF-8 text; save the table as UTF-8`, { cause });
    throw new DatasetError('damaged', `${path} cannot be read: ${reasonOf(cause)}`, { cause });
  } finally {
    file.destroy();
  }
}

const encodingOf = (bytes: Uint8Array): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';

/** The beginning of the text, and the delimiter that it declares (`sep=;`). */
async function textHead(path: string): Promise<{ readonly head: string; readonly separator?: string }> {
  for await (const text of textOf(path)) {
    if (text === '') continue;
    const { delimiter } = withoutSeparatorLine(Buffer.from(text.slice(0, 16)));
    return { head: text, ...(delimiter !== undefined && { separator: delimiter }) };
  }
  return { head: '' };
}

async function* recordsOf(path: string, delimiter: string, hasSeparatorLine: boolean): AsyncGenerator<TableRow> {
  const parser = Readable.from(textOf(path)).compose(
    parse({
      trim: true,
      bom: true,
      skip_empty_lines: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      from_line: hasSeparatorLine ? 2 : 1,
      max_record_size: longestRow,
      info: true,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>)
      yield { cells: record, line: info.lines };
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const fix =
      cause instanceof CsvError && cause.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? ` Every line must have as many cells as the first; cells are separated by ${delimiterName(delimiter)}.`
        : '';
    throw new DatasetError('bad-input', `${path}: ${reasonOf(cause)}.${fix}`, { cause });
  }
}
