import { CsvError, parse } from 'csv-parse/sync';
import { DatasetError, reasonOf } from './dataset-error.js';
import { delimiterName, findDelimiter, withoutSeparatorLine } from './delimiter.js';
import { readPlainOrGzip } from './gzip-file.js';
import { findHeader } from './header.js';
import { missingValues, type MissingValues } from './missing-values.js';
import { lookOf } from './number-text.js';
import { sizeText } from './read-regular-file.js';
import { decodeTable } from './table-encoding.js';

export interface CsvFile {
  readonly path: string;
  /** From the header, or `column 0`, `column 1`, ... */
  readonly columnNames: readonly string[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row ends, counted from 1 as in an editor. */
  readonly lines: Int32Array;
  readonly missing: MissingValues;
}

export interface CsvFormat {
  /** Whether the first row names the columns. @default found out, see `findHeader` */
  readonly header?: boolean;
  /** One character, or `tab`. @default found out, see `findDelimiter` */
  readonly delimiter?: string;
  /** @default by the byte-order mark, else UTF-8, see `decodeTable` */
  readonly encoding?: string;
  /** Markers of a missing value, besides the empty cell. @default see `missingValues` */
  readonly missing?: readonly (string | number)[];
}

/** Memory that the cells of a table may take, bytes. The default heap of Node is 2 GiB or more. */
const MOST_MEMORY = 2 ** 30;
const MOST_COLUMNS = 100_000;

/**
 * Reads a table of separated values, plain or gzip. Spaces around a cell do not count.
 * @param asked column names in the user's request
 * @param notes gets decisions that the user may want to check
 * @param mostMemory of its cells, bytes
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input' with the line
 */
export async function readCsv(
  path: string,
  format: CsvFormat,
  asked: readonly string[],
  notes: string[],
  mostMemory = MOST_MEMORY,
): Promise<CsvFile> {
  const decoded = decodeTable(path, await readPlainOrGzip(path, 'Fetch it again.'), format.encoding);
  const { utf8, delimiter: declared } = withoutSeparatorLine(decoded.utf8);
  const { encoding } = decoded;
  const given = format.delimiter === 'tab' ? '\t' : format.delimiter;
  const delimiter = given ?? declared;
  const found = delimiter === undefined ? findDelimiter(utf8) : { delimiter, doubtful: false };
  const missing = missingValues(format.missing);
  const { records, lines } = readRecords(path, utf8, found.delimiter, mostMemory);
  if (records.length === 0) throw new DatasetError('bad-input', `${path} has no rows`);

  const { hasHeader, doubt } =
    format.header === undefined ? findHeader({ records, missing, asked }) : { hasHeader: format.header };
  const rows = hasHeader ? records.slice(1) : records;
  if (rows.length === 0) throw new DatasetError('bad-input', `${path} has a header and no rows`);
  const columnNames = records[0].map((cell, at) => (hasHeader && cell !== '' ? cell : `column ${at}`));
  const file: CsvFile = {
    path,
    columnNames,
    hasHeader,
    delimiter: found.delimiter,
    rows,
    lines: Int32Array.from(hasHeader ? lines.slice(1) : lines),
    missing,
  };
  if (hasHeader) checkHeader(file, records[0]);
  const decided = [
    ...(given === undefined && (found.delimiter !== ',' || found.doubtful)
      ? [`cells are separated by ${delimiterName(found.delimiter)} (dataset.delimiter)`]
      : []),
    ...(format.encoding === undefined && encoding !== 'utf-8'
      ? [`the encoding is ${encoding} (dataset.encoding)`]
      : []),
    ...(doubt === undefined
      ? []
      : [
          `the first line is ${hasHeader ? 'the header' : 'data, there is no header'}, because ${doubt} ` +
            '(dataset.header)',
        ]),
  ];
  if (decided.length > 0) notes.push(`${path}: ${decided.join('; ')}`);
  return file;
}

function readRecords(
  path: string,
  utf8: Uint8Array,
  delimiter: string,
  mostMemory: number,
): { readonly records: string[][]; readonly lines: number[] } {
  const records: string[][] = [];
  const lines: number[] = [];
  const cells = new SharedCells();
  const collect = (record: string[], info: { readonly lines: number }): null => {
    const refuse = (what: string): DatasetError =>
      new DatasetError('bad-input', `${path}, line ${info.lines}: the table ${what}`);
    if (record.length > MOST_COLUMNS) throw refuse(`has more than ${MOST_COLUMNS} columns, the most that is read`);
    records.push(cells.shareRow(record));
    lines.push(info.lines);
    if (cells.memory > mostMemory) {
      throw refuse(
        `takes more than ${sizeText(mostMemory)} of memory, the most that is used. Use fewer rows or columns.`,
      );
    }
    return null;
  };
  try {
    // All three line ends, because a concatenated table may mix them.
    parse(utf8, {
      trim: true,
      skip_empty_lines: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: collect,
    });
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const fix =
      cause instanceof CsvError && cause.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? ' Every line must have as many cells as the first; cells are separated ' +
          `by ${delimiterName(delimiter)} ` +
          '(dataset.delimiter).'
        : '';
    throw new DatasetError('bad-input', `${path}: ${reasonOf(cause)}.${fix}`, { cause });
  }
  return { records, lines };
}

/** Equal short cells become one string: a table of pixels has 256 of them, and takes a fifth of the memory. */
class SharedCells {
  readonly #seen = new Map<string, string>();
  /** Of the rows so far, bytes: about what V8 takes for them. */
  memory = 0;

  shareRow(row: readonly string[]): string[] {
    this.memory += 48 + 8 * row.length;
    return row.map((cell) => this.#share(cell));
  }

  #share(cell: string): string {
    const known = cell.length > 8 ? undefined : this.#seen.get(cell);
    if (known !== undefined) return known;
    this.memory += 24 + cell.length;
    if (cell.length <= 8 && this.#seen.size < 65_536) this.#seen.set(cell, cell);
    return cell;
  }
}

function checkHeader({ path, columnNames, rows, lines }: CsvFile, header: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of columnNames) {
    if (seen.has(name)) {
      throw new DatasetError(
        'bad-input',
        `${path} has two columns named '${name}'. Rename one, or, if its first line is data, set ` +
          'dataset.header: false.',
      );
    }
    seen.add(name);
  }
  // A header of numbers, as pandas writes it, may be equal to a row.
  const again = header.some((cell) => lookOf(cell) === 'word')
    ? rows.findIndex((row) => row.every((cell, at) => cell === header[at]))
    : -1;
  if (again >= 0)
    throw new DatasetError(
      'bad-input',
      `${path}, line ${lines[again]}: the header stands here a second time. Remove the line.`,
    );
}

/** The first names of a list, for messages. */
export function listed(names: readonly string[], most = 20): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')}, ... (${names.length} in all)`;
}
