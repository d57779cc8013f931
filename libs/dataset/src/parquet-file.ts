// Tested by sources/parquet.unit.test.ts.
import { parquetMetadataAsync, parquetRead, parquetSchema, type FileMetaData, type SchemaElement } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';
import { DatasetError, reasonOf } from './dataset-error.js';
import { missingValues, type MissingValues } from './missing-values.js';
import { NumberCells } from './number-cells.js';
import type { ColumnUse, TableColumn, TableFile } from './table-file.js';
import type { TableHeader } from './table-options.js';
import { TextCells } from './text-cells.js';

/** Cells of all columns that are read, 8 bytes each. */
const mostCells = 2 ** 27;

/** How the values of a column are used. */
type Meaning = 'number' | 'text' | 'days' | 'decimal';

export interface ParquetRequest {
  readonly path: string;
  readonly uses: (header: TableHeader) => readonly ColumnUse[];
  readonly missing?: readonly (string | number)[];
}

/**
 * Reads a Parquet file by columns, one row group of one column at a time. Numbers and decimals are numbers; dates and
 * times are days since 1970; texts and booleans are words.
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input'
 */
export async function readParquet(
  { path, uses, missing: markers }: ParquetRequest,
  notes: string[],
): Promise<TableFile> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => fail(damaged(path, cause)));
  const elements = parquetSchema(metadata).children.map(({ element }) => element);
  const columnNames = elements.map(({ name }) => name);
  const count = Number(metadata.num_rows);
  const used = uses({ path, columnNames, hasHeader: true });
  const wanted = used.filter((use) => use !== 'unused').length;
  if (count === 0) throw new DatasetError('bad-input', `${path} has no rows`);
  if (!(count * wanted <= mostCells))
    throw new DatasetError(
      'bad-input',
      `${path} has ${count} rows of ${wanted} columns, more than ${mostCells} cells, the most that is read. Leave ` +
        'columns out with dataset.ignore.',
    );
  const missing = missingValues(markers);
  const columns: (TableColumn | undefined)[] = [];
  for (const [at, element] of elements.entries()) {
    if (used[at] === 'unused') columns.push(undefined);
    else columns.push(await readColumn({ path, file, metadata, missing, element, use: used[at], count }, notes));
  }
  return { path, columnNames, hasHeader: true, delimiter: ',', isTyped: true, count, columns, missing, place };
}

const place = (row: number): string => `row ${row}`;

interface ColumnRequest {
  readonly path: string;
  readonly file: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  readonly metadata: FileMetaData;
  readonly missing: MissingValues;
  readonly element: SchemaElement;
  readonly use: ColumnUse;
  /** Rows. */
  readonly count: number;
}

async function readColumn(request: ColumnRequest, notes: string[]): Promise<TableColumn> {
  const { path, file, metadata, missing, element, use, count } = request;
  const { name } = element;
  const meaning = meaningOf(element, path);
  const isText = use === null || (use === 'unknown' && meaning === 'text');
  if (!isText && meaning === 'text')
    throw new DatasetError('bad-input', `${path}: the column '${name}' holds words, and numbers in training`);
  const numbers = isText ? undefined : new NumberCells(missing);
  const texts = isText ? new TextCells(missing) : undefined;
  if (use === 'unknown' && meaning === 'days')
    notes.push(`column '${name}': dates and times are numbers, days since 1970-01-01`);
  if (use === 'unknown' && meaning === 'decimal') notes.push(`column '${name}': decimals are read as float64`);
  let row = 0;
  const add = (value: unknown): void => {
    if (texts !== undefined) texts.addText(textOf(value), row);
    else if (value === null || value === undefined) numbers!.addMissing('null');
    else {
      const number = value instanceof Date ? value.getTime() / millisecondsPerDay : Number(value);
      if (Number.isNaN(number) || missing.numbers.has(number)) numbers!.addMissing(String(value));
      else numbers!.addNumber(number, row);
    }
    row++;
  };
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const values = await valuesOf(request, start, end);
    for (let at = 0; at < values.length; at++) add(values[at]);
    start = end;
  }
  if (row !== count) throw damaged(path, new Error(`column '${name}' has ${row} of ${count} rows`));
  return numbers ?? texts!;

  async function valuesOf(_: ColumnRequest, rowStart: number, rowEnd: number): Promise<ArrayLike<unknown>> {
    const parts: ArrayLike<unknown>[] = [];
    await parquetRead({
      file,
      metadata,
      columns: [name],
      rowStart,
      rowEnd,
      compressors,
      onChunk: ({ columnData }) => void parts.push(columnData),
    }).catch((cause: unknown) => fail(damaged(path, cause)));
    return parts.length === 1 ? parts[0] : parts.flatMap((part) => Array.from(part));
  }
}

const millisecondsPerDay = 86_400_000;

/** A missing value is the empty cell, as in CSV. */
const textOf = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : value instanceof Date
      ? value.toISOString()
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);

function meaningOf(
  { name, type, logical_type: logical, converted_type: converted, ...element }: SchemaElement,
  path: string,
): Meaning {
  const refuse = (what: string): DatasetError =>
    new DatasetError(
      'bad-input',
      `${path}: the column '${name}' holds ${what}. Leave it out with dataset.ignore: ['${name}'].`,
    );
  if (element.num_children || element.repetition_type === 'REPEATED') throw refuse('lists or records');
  const kind = logical?.type ?? converted ?? '';
  if (/^(INTERVAL|GEOMETRY|GEOGRAPHY|VARIANT|MAP|LIST|FILE|BSON|JSON)/.test(kind))
    throw refuse(`values of the type ${kind}`);
  if (/^(DATE|TIMESTAMP)/.test(kind) || type === 'INT96') return 'days';
  if (kind === 'DECIMAL') return 'decimal';
  if (type === 'BOOLEAN') return 'text';
  if (type === 'BYTE_ARRAY' || (type === 'FIXED_LEN_BYTE_ARRAY' && kind !== 'FLOAT16')) return 'text';
  return 'number';
}

const damaged = (path: string, cause: unknown): DatasetError =>
  new DatasetError('damaged', `${path} is not a usable Parquet file (${reasonOf(cause)}). Save it again.`, { cause });

function fail(error: Error): never {
  throw error;
}
