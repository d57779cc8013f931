// Tested by csv-reading.unit.test.ts.
import { readRecords, type FoundText, type TakeRecord } from './csv-records.js';
import type { CsvTokenizer } from './csv-tokenizer.js';
import { DatasetError } from './dataset-error.js';
import { delimiterName } from './delimiter.js';
import { growingInt32 } from './growing-array.js';
import { findHeader, headerSampleRows } from './header.js';
import { missingValues, type MissingValues } from './missing-values.js';
import { NumberCells } from './number-cells.js';
import { lookOf, numberFault } from './number-text.js';
import { sizeText } from './read-regular-file.js';
import {
  cellError,
  type Cells,
  type ColumnKind,
  type ColumnUse,
  type TableColumn,
  type TableFile,
} from './table-file.js';
import { TextCells } from './text-cells.js';

export interface CsvFormat {
  /** Whether the first row names the columns. @default found out, see `findHeader` */
  readonly header?: boolean;
  /** One character, or `tab`. @default found out, see `findDelimiter` */
  readonly delimiter?: string;
  /** @default by the byte-order mark, else UTF-8, see `decoderFor` */
  readonly encoding?: string;
  /** Markers of a missing value, besides the empty cell. @default see `missingValues` */
  readonly missing?: readonly (string | number)[];
}

export interface CsvRequest {
  readonly path: string;
  readonly format: CsvFormat;
  /** Column names in the user's request. */
  readonly asked: readonly string[];
  /** The use of each column, when the header is known. */
  readonly uses: (header: Pick<TableFile, 'path' | 'columnNames' | 'hasHeader'>) => readonly ColumnUse[];
  /** Memory of the cells, bytes. */
  readonly mostMemory?: number;
}

/** The default heap of Node is 2 GiB or more; numbers are outside it. */
const usualMemory = 2 ** 30;
/** Text of the rows on which the decisions rest, characters. */
const sampleCharacters = 2 ** 24;
/** Rows between two looks at the memory. */
const rowsPerCheck = 1024;

/**
 * Reads a table of separated values once, as a stream. Spaces around a cell do not count.
 * @param notes gets decisions that the user may want to check
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input' with the line
 */
export async function readCsv(request: CsvRequest, notes: string[]): Promise<TableFile> {
  let reader: ColumnReader | undefined;
  await readRecords({ path: request.path, ...request.format }, (found) => {
    reader = new ColumnReader(request, found, notes);
    return reader.take;
  });
  return reader!.finish();
}

/**
 * The table with its columns as these kinds say. Columns that turned out to be of another kind than they began with are
 * read again.
 */
export async function readAs(
  file: TableFile,
  format: CsvFormat,
  kinds: ReadonlyMap<number, ColumnKind>,
): Promise<TableFile> {
  const wrong = [...kinds].filter(([column, kind]) => file.columns[column]?.isReadAs(kind) === false);
  if (wrong.length === 0) return file;
  const again = new Map(wrong);
  const { path, hasHeader, delimiter } = file;
  const { columns } = await readCsv(
    {
      path,
      format: { ...format, header: hasHeader, delimiter },
      asked: [],
      uses: () => file.columns.map((_, column) => (again.has(column) ? again.get(column)! : 'unused')),
    },
    [],
  );
  return { ...file, columns: file.columns.map((column, at) => columns[at] ?? column) };
}

class ColumnReader {
  readonly #request: CsvRequest;
  readonly #found: FoundText;
  readonly #notes: string[];
  readonly #missing: MissingValues;
  readonly #sample: string[][] = [];
  #sampleCharacters = 0;
  readonly #lines = growingInt32();
  #table:
    (Pick<TableFile, 'columnNames' | 'hasHeader'> & { readonly cells: readonly (Cells | undefined)[] }) | undefined;
  /** Of the columns that are read. */
  #used: { readonly at: number; readonly cells: Cells }[] = [];
  #rows = 0;
  #width = 0;
  /** A name that is a word, by which a second header is found: its column and bytes. */
  #headerWord: { readonly column: number; readonly bytes: Buffer } | undefined;

  constructor(request: CsvRequest, found: FoundText, notes: string[]) {
    this.#request = request;
    this.#found = found;
    this.#notes = notes;
    this.#missing = missingValues(request.format.missing);
  }

  readonly take: TakeRecord = (bytes, record) => {
    const { cells, starts, ends } = record;
    if (this.#width === 0) this.#width = cells;
    if (cells !== this.#width) throw this.#wrongLength(record);
    this.#lines.push(record.endLine);
    if (this.#table !== undefined) return this.#add(bytes, starts, ends);
    const row = Array.from({ length: cells }, (_, i) => bytes.toString('utf8', starts[i], ends[i]));
    this.#sample.push(row);
    for (const cell of row) this.#sampleCharacters += cell.length;
    if (this.#sample.length > headerSampleRows || this.#sampleCharacters > sampleCharacters) this.#decide();
  };

  finish(): TableFile {
    const { path } = this.#request;
    if (this.#table === undefined) this.#decide();
    const { columnNames, hasHeader, cells } = this.#table!;
    if (this.#rows === 0) throw new DatasetError('bad-input', `${path} has a header and no rows`);
    this.#checkMemory();
    return {
      path,
      columnNames,
      hasHeader,
      delimiter: this.#found.delimiter,
      count: this.#rows,
      columns: cells as unknown as readonly (TableColumn | undefined)[],
      missing: this.#missing,
      place: this.#place,
    };
  }

  readonly #place = (row: number): string => `line ${this.#lines.at(row + (this.#table!.hasHeader ? 1 : 0))}`;

  /** Decides on the header and on each column, by the first rows. */
  #decide(): void {
    const { path, format, asked, uses } = this.#request;
    const records = this.#sample;
    if (records.length === 0) throw new DatasetError('bad-input', `${path} has no rows`);
    const header =
      format.header === undefined
        ? findHeader({ records, missing: this.#missing, asked })
        : { hasHeader: format.header, doubt: undefined };
    const { hasHeader } = header;
    const columnNames = records[0].map((cell, at) => (hasHeader && cell !== '' ? cell : `column ${at}`));
    if (hasHeader) this.#checkHeader(columnNames, records[0]);
    this.#note(hasHeader, header.doubt);
    const rows = hasHeader ? records.slice(1) : records;
    const cells = uses({ path, columnNames, hasHeader }).map((use, at) =>
      use === 'unused' ? undefined : this.#cellsFor(use, at, rows),
    );
    this.#table = { columnNames, hasHeader, cells };
    this.#used = cells.flatMap((column, at) => (column === undefined ? [] : [{ at, cells: column }]));
    for (const row of rows) {
      const parts = row.map((cell) => Buffer.from(cell));
      const bytes = Buffer.concat(parts);
      let end = 0;
      const ends = Int32Array.from(parts, (part) => (end += part.length));
      const starts = ends.map((stop, at) => stop - parts[at].length);
      this.#add(bytes, starts, ends);
    }
    this.#sample.length = 0;
  }

  #cellsFor(use: ColumnKind | 'unknown', column: number, rows: readonly (readonly string[])[]): Cells {
    if (use === null) return new TextCells(this.#missing);
    if (use !== 'unknown') {
      const { path } = this.#request;
      return new NumberCells(this.#missing, {
        format: use,
        refuse: (cell, value) =>
          cellError(
            { path, columnNames: this.#table!.columnNames, place: this.#place },
            column,
            cell,
            numberFault(value, use),
          ),
      });
    }
    const looks = rows
      .map((row) => row[column])
      .filter((cell) => !this.#missing.inNumbers(cell))
      .map(lookOf);
    const words = looks.filter((look) => look === 'word').length;
    return 2 * words > looks.length ? new TextCells(this.#missing) : new NumberCells(this.#missing);
  }

  #add(bytes: Buffer, starts: Int32Array, ends: Int32Array): void {
    if (this.#headerWord !== undefined) this.#checkSecondHeader(bytes, starts, ends);
    const row = this.#rows++;
    for (const { at, cells } of this.#used) cells.add(bytes, starts[at], ends[at], row);
    if (this.#rows % rowsPerCheck === 0) this.#checkMemory();
  }

  #checkMemory(): void {
    const most = this.#request.mostMemory ?? usualMemory;
    if (this.#used.reduce((sum, { cells }) => sum + cells.memory, 0) <= most) return;
    throw new DatasetError(
      'bad-input',
      `${this.#request.path}, ${this.#place(this.#rows - 1)}: the table takes more than ${sizeText(most)} of memory, ` +
        'the most that is used. Use fewer rows or columns.',
    );
  }

  #wrongLength({ cells, endLine }: CsvTokenizer): DatasetError {
    return new DatasetError(
      'bad-input',
      `${this.#request.path}, line ${endLine}: the row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the first ` +
        `line has ${this.#width}. Every line must have as many cells as the first; cells are separated by ` +
        `${delimiterName(this.#found.delimiter)} (dataset.delimiter).`,
    );
  }

  #checkHeader(columnNames: readonly string[], header: readonly string[]): void {
    const { path } = this.#request;
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
    const column = header.findIndex((cell) => lookOf(cell) === 'word');
    if (column >= 0) this.#headerWord = { column, bytes: Buffer.from(header[column]) };
    this.#header = header;
  }

  #header: readonly string[] = [];

  /** A concatenated table repeats its header. */
  #checkSecondHeader(bytes: Buffer, starts: Int32Array, ends: Int32Array): void {
    const { column, bytes: word } = this.#headerWord!;
    if (ends[column] - starts[column] !== word.length) return;
    if (bytes.compare(word, 0, word.length, starts[column], ends[column]) !== 0) return;
    if (!this.#header.every((cell, at) => bytes.toString('utf8', starts[at], ends[at]) === cell)) return;
    throw new DatasetError(
      'bad-input',
      `${this.#request.path}, ${this.#place(this.#rows)}: the header stands here a second time. Remove the line.`,
    );
  }

  #note(hasHeader: boolean, doubt: string | undefined): void {
    const { path, format } = this.#request;
    const { delimiter, doubtful, encoding } = this.#found;
    const decided = [
      ...(format.delimiter === undefined && (delimiter !== ',' || doubtful)
        ? [`cells are separated by ${delimiterName(delimiter)} (dataset.delimiter)`]
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
    if (decided.length > 0) this.#notes.push(`${path}: ${decided.join('; ')}`);
  }
}
