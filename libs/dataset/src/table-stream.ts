import type { CsvFormat } from './csv-file.js';
import { recordPieces, type CsvText } from './csv-records.js';
import { DatasetError } from './dataset-error.js';
import { delimiterName } from './delimiter.js';
import { findHeader, headerSampleRows } from './header.js';
import { missingValues, type MissingValues } from './missing-values.js';

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
  /** All rows, once. */
  rows(): AsyncGenerator<TableRow>;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Line of the file on which it ends, counted from 1 as in an editor. */
  readonly line: number;
}

/**
 * Opens a table of separated values. What the format does not say is found out as for `readCsv`.
 * @param asked names of columns that the reader needs
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input', also while rows are read
 */
export async function openTableStream(
  path: string,
  asked: readonly string[],
  format: CsvFormat = {},
): Promise<TableStream> {
  const { delimiter: given, encoding, header } = format;
  const parts = rowsByPiece({ path, delimiter: given, encoding });
  const sample: TableRow[] = [];
  let delimiter = ',';
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
    delimiter = next.value.delimiter;
    sample.push(...next.value.rows);
    if (sample.length > headerSampleRows) break;
  }
  if (sample.length === 0) throw new DatasetError('bad-input', `${path} has no rows`);
  const missing = missingValues(format.missing);
  const records = sample.map(({ cells }) => cells);
  const hasHeader = header ?? findHeader({ records, missing, asked }).hasHeader;
  const [first, ...below] = sample;
  if (hasHeader && below.length === 0) throw new DatasetError('bad-input', `${path} has a header and no rows`);
  const start = hasHeader ? below : sample;
  return {
    path,
    columnNames: first.cells.map((cell, at) => (hasHeader && cell !== '' ? cell : `column ${at}`)),
    hasHeader,
    delimiter,
    missing,
    sample: start.slice(0, headerSampleRows),
    rows: async function* () {
      yield* start;
      for await (const { rows } of parts) yield* rows;
    },
  };
}

async function* rowsByPiece(
  text: CsvText,
): AsyncGenerator<{ readonly delimiter: string; readonly rows: readonly TableRow[] }> {
  let width: number | undefined;
  for await (const { found, each } of recordPieces(text)) {
    const rows: TableRow[] = [];
    each((bytes, { cells, starts, ends, endLine }) => {
      width ??= cells;
      if (cells !== width)
        throw new DatasetError(
          'bad-input',
          `${text.path}, line ${endLine}: the row has ${cells} cells, and the first one ${width}; cells are separated by ` +
            delimiterName(found.delimiter),
        );
      const row = Array.from({ length: cells }, (_, i) => bytes.toString('utf8', starts[i], ends[i]));
      rows.push({ cells: row, line: endLine });
    });
    yield { delimiter: found.delimiter, rows };
  }
}
