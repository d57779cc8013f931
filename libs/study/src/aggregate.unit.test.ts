import { expect, test } from 'vitest';
import { parse } from 'csv-parse/sync';
import { chartSvg } from '@mipnet/report';
import { aggregates, relaxationGap, shiftedMean } from './aggregate.js';
import { studyChart } from './study-chart.js';
import { networkTable, overallTable, rowsCsv } from './study-tables.js';
import { row } from './testing/rows.js';

const rows = [
  row({
    objective: 4,
    bound: 4,
    relaxation: 1,
    status: 'optimal',
    nodes: 10,
    seconds: { bounds: 1, encode: 0, relaxation: 1, solve: 2 },
  }),
  row({
    objective: 8,
    bound: 2,
    relaxation: 0,
    status: 'feasible',
    image: 1,
    seconds: { bounds: 1, encode: 0, relaxation: 1, solve: 2 },
  }),
  row({ network: 'two|three', status: 'infeasible', columns: 16 }),
  row({ network: 'two|three', image: 1, status: 'failed', columns: 0 }),
];

test('a gap is measured from the best point that any formulation has', () => {
  const [one] = aggregates([
    ...rows,
    row({ image: 1, formulation: 'extended', objective: 4, bound: 4, relaxation: 2, status: 'optimal' }),
  ]);
  expect(one).toMatchObject({ network: 'net', formulation: 'big-m', instances: 2, solved: 0.5 });
  expect(one.lpGap).toBeCloseTo((3 / 4 + 4 / 4) / 2);
  expect(one.secondsOfSolve).toBeCloseTo(3);
});

test('over all networks, failed instances left out', () => {
  const overall = aggregates(rows).filter(({ network }) => network === null);
  expect(overall).toHaveLength(1);
  expect(overall[0]).toMatchObject({ instances: 3, columns: 12, solved: 2 / 3 });
});

test('a gap is 0 for a tight bound, 1 for a bound of 0 on a distance, and unknown without one', () => {
  expect([
    relaxationGap(4, 4),
    relaxationGap(4, 0),
    relaxationGap(4, 3),
    relaxationGap(-4, -8),
    relaxationGap(null, 3),
    relaxationGap(4, null),
  ]).toEqual([0, 1, 0.25, 0.5, null, null]);
  expect(relaxationGap(4, 4.0000001)).toBe(0);
  expect(shiftedMean([1, 1, 1], 10)).toBeCloseTo(1);
  expect(shiftedMean([0, 99], 1)).toBeCloseTo(9);
});

test('tables have a line for each aggregate, and the CSV every instance', () => {
  const all = aggregates(rows);
  expect(overallTable(all).trim().split('\n')).toHaveLength(3);
  expect(overallTable(all)).toMatch(/\| crown +\| big-m .*\| +2\/3 \|/);
  expect(networkTable(all)).toMatch(/\| two\\\|three +\| crown/);
  const csv = parse(rowsCsv(rows), { columns: true }) as Record<string, string>[];
  expect(csv).toHaveLength(4);
  expect(csv[0]).toMatchObject({ network: 'net', lpGap: '0.75', 'seconds.solve': '2', solved: '1' });
  expect(csv[2]).toMatchObject({ objective: '', status: 'infeasible' });
});

test('the picture shows every network and every formulation', async () => {
  const svg = await chartSvg(studyChart(aggregates(rows), 'targeted l1'));
  expect(svg).toMatch(/^<svg/);
  for (const word of ['net', 'two|three', 'big-m', 'crown', 'LP gap', 'solved']) expect(svg).toContain(`>${word}<`);
});
