import type { Outcome } from './simulate.js';

const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const columns: readonly (readonly [title: string, cell: (outcome: Outcome) => string])[] = [
  ['workers', ({ scenario }) => String(scenario.scaling.max)],
  ['used', ({ mostWorkers }) => String(mostWorkers)],
  ['leaves', ({ scenario }) => String(scenario.leaves)],
  ['makespan', ({ makespan }) => duration(makespan)],
  ['solve time', ({ work }) => duration(work)],
  ['utilisation', ({ utilisation }) => percent(utilisation)],
  ['worker-hours', ({ workerHours }) => workerHours.toFixed(1)],
  ['server load', ({ serverLoad }) => percent(serverLoad)],
  ['history', ({ history }) => String(history)],
  ['first bottleneck', ({ bottleneck }) => bottleneck],
];

/** A Markdown table, aligned so that it can be read as it is. */
export function asTable(outcomes: readonly Outcome[]): string {
  return aligned([
    columns.map(([title]) => title),
    ...outcomes.map((outcome) => columns.map(([, cell]) => cell(outcome))),
  ]);
}

/** A Markdown table whose first row is its head. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`;
  return `${[line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n')}\n`;
}

/** Plain numbers: seconds, shares 0..1. */
export function asCsv(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ scenario, ...outcome }) =>
    [
      scenario.scaling.max,
      outcome.mostWorkers,
      scenario.leaves,
      scenario.leafFactor,
      scenario.serverRate,
      outcome.makespan,
      outcome.work,
      outcome.utilisation,
      outcome.workerHours,
      outcome.serverLoad,
      outcome.history,
      outcome.bottleneck,
    ].join(','),
  );
  return `${['workers,used,leaves,leafFactor,serverRate,makespan,work,utilisation,workerHours,serverLoad,history,bottleneck', ...rows].join('\n')}\n`;
}
