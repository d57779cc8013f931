import { csvTable, markdownTable, type Column } from '@mipnet/report';
import { relaxationGap, type Aggregate } from './aggregate.js';
import { bestKnown } from './disagreements.js';
import { isSolved, type Row } from './measurement.js';

const percent = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(1)}%`);
const whole = (value: number): string => value.toFixed(0);

const measured: readonly Column<Aggregate>[] = [
  { title: 'bounds', cell: ({ bounds }) => bounds },
  { title: 'formulation', cell: ({ formulation }) => formulation },
  { title: 'columns', cell: ({ columns }) => whole(columns) },
  { title: 'rows', cell: ({ rows }) => whole(rows) },
  { title: 'binaries', cell: ({ binaries }) => whole(binaries) },
  { title: 'non-zeros', cell: ({ nonZeros }) => whole(nonZeros) },
  { title: 'LP gap', cell: ({ lpGap }) => percent(lpGap) },
  { title: 'gap at branching', cell: ({ rootGap }) => percent(rootGap) },
  { title: 'nodes', cell: ({ nodes }) => whole(nodes) },
  { title: 'bounds s', cell: ({ secondsOfBounds }) => secondsOfBounds.toFixed(2) },
  { title: 'solve s', cell: ({ secondsOfSolve }) => secondsOfSolve.toFixed(2) },
  { title: 'solved', cell: ({ solved, instances }) => `${Math.round(solved * instances)}/${instances}` },
];

/** Over all networks. */
export const overallTable = (aggregates: readonly Aggregate[]): string =>
  markdownTable(
    measured,
    aggregates.filter(({ network }) => network === null),
  );

/** Network by network. */
export const networkTable = (aggregates: readonly Aggregate[]): string =>
  markdownTable(
    [{ title: 'network', cell: ({ network }) => network }, ...measured],
    aggregates.filter(({ network }) => network !== null),
  );

/** Every instance, as plain numbers. */
export function rowsCsv(rows: readonly Row[]): string {
  const best = bestKnown(rows);
  const columns: Column<Row>[] = [
    ...(
      [
        'network',
        'query',
        'image',
        'bounds',
        'formulation',
        'columns',
        'rows',
        'binaries',
        'nonZeros',
        'cuts',
        'relaxation',
        'root',
        'objective',
        'bound',
        'status',
        'nodes',
        'work',
      ] as const
    ).map((key) => ({ title: key, cell: (row: Row) => row[key] })),
    { title: 'lpGap', cell: (row) => relaxationGap(best(row), row.relaxation) },
    { title: 'solved', cell: (row) => (isSolved(row) ? 1 : 0) },
    ...(['bounds', 'encode', 'relaxation', 'solve'] as const).map((step) => ({
      title: `seconds.${step}`,
      cell: (row: Row) => row.seconds[step],
    })),
    { title: 'contradiction', cell: ({ contradiction }) => contradiction },
  ];
  return csvTable(columns, rows);
}
