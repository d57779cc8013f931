// Tested by data-table.unit.test.ts.
import { csvTable } from '../table.js';
import { html, type Html } from './html.js';
import { none } from './numbers.js';

/** A column of a table on a page. */
export interface DataColumn<Row> {
  readonly title: string;
  /** What sorting and CSV use; null is an empty cell. */
  readonly value: (row: Row) => string | number | null;
  /** What people read. @default the value */
  readonly shown?: (row: Row) => Html | string;
  /** A number: aligned to the right. */
  readonly isNumber?: boolean;
  /** A sentence: the column is wide. */
  readonly isLong?: boolean;
}

export interface TableOptions {
  /** For those who do not see it. */
  readonly label: string;
  /** With a height of its own, in which it scrolls. @default for more than 25 rows */
  readonly isTall?: boolean;
}

/** A browser lays out a table of more rows when it comes into view. */
const manyRows = 200;

/** A table that sorts by any of its columns, and scrolls by itself if it is wider than the page. */
export function dataTable<Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[], options: TableOptions): Html {
  const { label, isTall = rows.length > 25 } = options;
  const kinds = ['scroll', ...(isTall ? ['tall'] : []), ...(rows.length > manyRows ? ['long-table'] : [])];
  return html`<div class="${kinds.join(' ')}" tabindex="0" role="region" aria-label="${label}">
    <table class="wide sortable">
      <thead>
        <tr>
          ${columns.map(({ title, isNumber }) => html`<th scope="col" class="${isNumber ? 'n' : 't'}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => cell(column, row))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function cell<Row>({ value, shown, isNumber, isLong }: DataColumn<Row>, row: Row): Html {
  const own = value(row);
  const text = shown === undefined ? (own ?? none) : shown(row);
  if (isLong) return html`<td class="long">${text}</td>`;
  if (!isNumber) return html`<td>${text}</td>`;
  // Text that is the number itself needs no second copy.
  return String(own) === String(text)
    ? html`<td class="n">${text}</td>`
    : html`<td class="n" data-v="${own === null ? '' : Number(own).toPrecision(7)}">${text}</td>`;
}

/** The same rows as CSV. */
export const csvOf = <Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[]): string =>
  csvTable(
    columns.map(({ title, value }) => ({ title, cell: value })),
    rows,
  );
