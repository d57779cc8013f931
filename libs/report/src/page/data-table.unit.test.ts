import { expect, test } from 'vitest';
import { csvOf, dataTable, type DataColumn } from './data-table.js';
import { downloads } from './download.js';

interface Row {
  readonly name: string;
  readonly seconds: number | null;
}

const columns: readonly DataColumn<Row>[] = [
  { title: 'name', value: ({ name }) => name },
  {
    title: 'time',
    value: ({ seconds }) => seconds,
    shown: ({ seconds }) => (seconds === null ? '–' : `${seconds.toFixed(2)} s`),
    isNumber: true,
  },
];
const rows: readonly Row[] = [
  { name: '<a>', seconds: 11.25 },
  { name: 'b', seconds: null },
];

test('a table escapes names, keeps the number for sorting beside what is shown, and can be reached by keyboard', () => {
  const html = String(dataTable(columns, rows, { label: 'Rows' }));
  expect(html).toContain('<td>&lt;a&gt;</td>');
  expect(html).toContain('<td class="n" data-v="11.25000">11.25 s</td>');
  expect(html).toContain('<td class="n" data-v="">–</td>');
  expect(html).toMatch(/class="scroll" tabindex="0" role="region" aria-label="Rows"/);
});

test('the same rows are CSV', () => expect(csvOf(columns, rows)).toBe('name,time\n<a>,11.25\nb,\n'));

test('files are in the page', () => {
  const html = String(downloads([{ name: 'a.csv', type: 'text/csv', text: 'x,y\n' }]));
  const [, base64] = html.match(/download="a.csv" href="data:text\/csv;base64,([^"]+)"/)!;
  expect(Buffer.from(base64, 'base64').toString()).toBe('x,y\n');
});
