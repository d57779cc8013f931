// Tested by train-page.unit.test.ts.
import { relativeGap } from '@mipnet/recursion';
import { dataTable, csvOf, type DataColumn } from '../page/data-table.js';
import { html, type Html } from '../page/html.js';
import { number, percent, secondsText } from '../page/numbers.js';
import type { SubproblemRow } from './training-run.js';

const gapOf = ({ objective, bound }: SubproblemRow): number | null => relativeGap(objective, bound);

const columns: readonly DataColumn<SubproblemRow>[] = [
  {
    title: 'name',
    value: ({ name }) => name,
    shown: ({ name, depth }) =>
      depth === 0 ? name : html`<span style="padding-left:${(1.1 * depth).toFixed(1)}rem">${name}</span>`,
  },
  { title: 'status', value: ({ status }) => status },
  {
    title: 'objective',
    value: ({ objective }) => objective,
    shown: ({ objective }) => number(objective),
    isNumber: true,
  },
  { title: 'bound', value: ({ bound }) => bound, shown: ({ bound }) => number(bound), isNumber: true },
  { title: 'gap', value: gapOf, shown: (row) => percent(gapOf(row)), isNumber: true },
  {
    title: 'solver seconds',
    value: ({ seconds }) => Number(seconds.toFixed(4)),
    shown: ({ seconds }) => secondsText(seconds),
    isNumber: true,
  },
];

/** @param leftOff how many more there were */
export const subproblemTable = (rows: readonly SubproblemRow[], leftOff = 0): Html =>
  html`${dataTable(columns, rows, { label: 'MIPs' })}
  ${leftOff > 0 ? html`<p class="soft">and ${leftOff} more</p>` : ''}`;

/** The same with places and times. */
export const subproblemCsv = (rows: readonly SubproblemRow[]): string =>
  csvOf<SubproblemRow>(
    [
      { title: 'depth', value: ({ depth }) => depth },
      ...columns,
      { title: 'slot', value: ({ solve }) => solve?.slot ?? null },
      { title: 'from', value: ({ solve }) => (solve ? Number(solve.from.toFixed(3)) : null) },
      { title: 'to', value: ({ solve }) => (solve ? Number(solve.to.toFixed(3)) : null) },
    ],
    rows,
  );
