import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvTable, markdownTable, type Column } from './table.js';

interface Fruit {
  readonly name: string;
  readonly weight: number | null;
}
const columns: readonly Column<Fruit>[] = [
  { title: 'name', cell: ({ name }) => name },
  { title: 'weight in g', cell: ({ weight }) => weight },
];

test('Markdown is aligned, numbers to the right, and a bar in a cell does not end it', () => {
  expect(
    markdownTable(columns, [
      { name: 'fig', weight: 50 },
      { name: 'a|b', weight: null },
    ]),
  ).toBe(
    ['| name | weight in g |', '| ---- | ----------: |', '| fig  |          50 |', '| a\\|b |             |', ''].join(
      '\n',
    ),
  );
});

test('CSV is read back as it was, whatever stands in a cell', () => {
  const rows = [
    { name: 'a,"b"\nc', weight: 1.5 },
    { name: 'd', weight: null },
  ];
  expect(parse(csvTable(columns, rows))).toEqual([
    ['name', 'weight in g'],
    ['a,"b"\nc', '1.5'],
    ['d', ''],
  ]);
});
