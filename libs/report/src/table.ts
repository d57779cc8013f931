import { stringify } from 'csv-stringify/sync';

/** One column of a table: its title and what stands in it for a row. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | null;
}

/**
 * A Markdown table, aligned so that it can be read as it is: numbers to the right, text to the left. Null is an empty
 * cell.
 */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => textOf(cell(row)).replaceAll('|', '\\|')));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const isRight = columns.map(
    (_, column) => cells.length > 0 && cells.every((line) => /^$|^[-+]?[\d.]/.test(line[column])),
  );
  const pad = (text: string, column: number): string =>
    isRight[column] ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  const lineOf = (line: readonly string[]): string => `| ${line.map(pad).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (isRight[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return `${[lineOf(lines[0]), rule, ...lines.slice(1).map(lineOf)].join('\n')}\n`;
}

/** The same as CSV (RFC 4180), titles in the first line. */
export const csvTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  stringify([columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => textOf(cell(row))))]);

const textOf = (value: string | number | null): string => (value === null ? '' : String(value));
