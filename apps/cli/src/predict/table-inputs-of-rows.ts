// Tested by predict-rows.unit.test.ts.
import {
  lookOf,
  parseNumber,
  widthOf,
  type InputColumn,
  type NumberFormat,
  type NumberLook,
  type TableStream,
} from '@mipnet/dataset';
import { CliError } from '../program/cli-error.js';

/** What is known of a table before its rows. */
type Columns = Pick<TableStream, 'path' | 'columnNames' | 'hasHeader' | 'missing' | 'sample'>;

/** Turns the cells of a table's rows into inputs of a network. */
export interface RowReader {
  /** Inputs of a row. */
  readonly size: number;
  /** Writes the inputs of a row at `at`. @throws CliError 'bad-input' with line and column */
  read(cells: readonly string[], line: number, inputs: Float32Array, at: number): void;
  /** What to say when all rows are read: values that training has not seen. */
  notes(): string[];
}

/**
 * For a network that names its columns: they are found by name, in any order; other columns do not count. A missing
 * number is NaN, which the network fills; a value that training has not seen has no 1.
 * @throws CliError 'bad-input' if a column is missing or there twice
 */
export function readerByName(table: Columns, columns: readonly InputColumn[], decimal?: '.' | ','): RowReader {
  const missing = columns.filter(({ name }) => !table.columnNames.includes(name)).map(({ name }) => `'${name}'`);
  if (missing.length > 0)
    throw new CliError(
      'bad-input',
      `${table.path} has no column ${listed(missing)}, which the network needs. It has ` +
        `${listed(table.columnNames)}${table.hasHeader ? '' : ' (no header was found)'}`,
    );
  let start = 0;
  const parts = columns.map((column) => {
    const at = table.columnNames.indexOf(column.name);
    if (table.columnNames.indexOf(column.name, at + 1) >= 0)
      throw new CliError('bad-input', `${table.path} has two columns '${column.name}'; keep one of them`);
    const part = {
      read:
        column.kind === 'number' ? numberCell(table, at, { ...column.format, ...(decimal && { decimal }) }) : undefined,
      at,
      start,
      column,
    };
    start += widthOf(column);
    return part;
  });
  const unseen = new Map<string, Map<string, number>>();
  const places = columns.map((column) =>
    column.kind === 'category' ? new Map(column.values.map((value, place) => [value, place])) : undefined,
  );
  return {
    size: start,
    read: (cells, line, inputs, to) => {
      inputs.fill(0, to, to + start);
      parts.forEach(({ read, at, start: from, column }, index) => {
        const cell = cells[at];
        if (read !== undefined) inputs[to + from] = read(cell, line);
        else {
          const value = table.missing.anywhere(cell) ? '?' : cell;
          const place = places[index]!.get(value);
          if (place === undefined) count(unseen, column.name, value);
          else inputs[to + from + place] = 1;
        }
      });
    },
    notes: () => [...unseen].map(([name, values]) => unseenText(name, values)),
  };
}

/**
 * For a network that does not name its columns: the columns of numbers, in order, as many as the network has inputs.
 * @throws CliError 'bad-input' if there are more or fewer
 */
export function readerInOrder(table: Columns, size: number): RowReader {
  const numeric = [...table.columnNames.keys()].filter((column) =>
    table.sample.every(({ cells }) => table.missing.inNumbers(cells[column]) || lookOf(cells[column]) !== 'word'),
  );
  if (numeric.length !== size)
    throw new CliError(
      'bad-input',
      `the network takes ${size} numbers, and ${table.path} has ${numeric.length} columns of numbers ` +
        `(${listed(numeric.map((column) => table.columnNames[column]))}); the network does not name its columns, so ` +
        'give a table of exactly its inputs, in their order',
    );
  const reads = numeric.map((column) => numberCell(table, column));
  return {
    size,
    read: (cells, line, inputs, at) => reads.forEach((read, k) => (inputs[at + k] = read(cells[numeric[k]], line))),
    notes: () => [],
  };
}

/**
 * Reads the cells of one column of numbers; NaN for a missing one. The first rows show their format, and where they do
 * not, it is that of training.
 */
function numberCell(
  table: Columns,
  column: number,
  trained: Partial<NumberFormat> = {},
): (cell: string, line: number) => number {
  const cells = table.sample.map((row) => row.cells[column]).filter((cell) => !table.missing.inNumbers(cell));
  const shows = (look: NumberLook): boolean => cells.some((cell) => lookOf(cell) === look);
  const format: NumberFormat = {
    decimal: shows('comma') ? ',' : shows('point') ? '.' : (trained.decimal ?? '.'),
    percent: cells.length > 0 ? cells.every((cell) => cell.endsWith('%')) : (trained.percent ?? false),
  };
  return (cell, line) => {
    const value = parseNumber(cell, format);
    // A marker of a missing value may look like a number, such as -999.
    if (Number.isFinite(Math.fround(value))) return table.missing.numbers.has(value) ? NaN : value;
    if (table.missing.inNumbers(cell)) return NaN;
    const is = Number.isNaN(value)
      ? `is not a number${format.decimal === ',' ? ' with a decimal comma' : ''}${format.percent ? ' in percent' : ''}`
      : 'is beyond the range of float32';
    throw new CliError(
      'bad-input',
      `${table.path}, line ${line}, column '${table.columnNames[column]}': '${cell}' ${is}; correct it, or leave the ` +
        'cell empty if there is no value',
    );
  };
}

/** Values that are counted by name, of each column; the others are counted together. */
const mostUnseen = 1000;

function count(unseen: Map<string, Map<string, number>>, column: string, value: string): void {
  const values = unseen.get(column) ?? new Map<string, number>();
  unseen.set(column, values);
  const key = values.has(value) || values.size < mostUnseen ? value : 'others';
  values.set(key, (values.get(key) ?? 0) + 1);
}

function unseenText(column: string, values: ReadonlyMap<string, number>): string {
  const rows = [...values.values()].reduce((sum, own) => sum + own, 0);
  const shown = [...values].map(([value, own]) => `'${value}' (${own})`);
  return (
    `column '${column}': ${rows} ${rows === 1 ? 'row has a value' : 'rows have values'} that the training rows did ` +
    `not have: ${listed(shown, 5)}; such a row counts as none of the column's values`
  );
}

const listed = (names: readonly string[], most = 20): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')}, ... (${names.length} in all)`;
