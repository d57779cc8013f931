// Tested by train-page.unit.test.ts.
import { relativeGap } from '@mipnet/recursion';
import { percentTicks } from '../charts/chart-svg.js';
import { chartGrid, chartSize, pageChart } from '../charts/page-chart.js';
import type { Html } from '../page/html.js';
import type { SubproblemRow } from './training-run.js';

/** A chart of one MIP says nothing about a distribution. */
const fewest = 3;
const bins = 20;
/** More lines cannot be told apart. */
const mostLines = 60;

/** Gaps and times of the MIPs as distributions, and the gap of each while it was solved. Null for few MIPs. */
export async function mipCharts(rows: readonly SubproblemRow[]): Promise<Html | null> {
  if (rows.length < fewest) return null;
  const gaps = rows.flatMap(({ objective, bound }) => relativeGap(objective, bound) ?? []);
  const ends = rows.flatMap(({ solve }) => (solve ? [solve.to] : [])).sort((one, other) => one - other);
  const charts = await Promise.all([
    histogram(
      'Solver time of the MIPs',
      'seconds',
      rows.map(({ seconds }) => seconds),
    ),
    gaps.length < fewest ? null : histogram('Gaps of the MIPs', 'gap', gaps),
    ends.length < fewest ? null : solvedOverTime(ends),
    gapsOverTime(rows),
  ]);
  return chartGrid(charts.filter((chart) => chart !== null));
}

interface Titled {
  readonly title: string;
  readonly chart: Html;
}

async function histogram(title: string, unit: 'seconds' | 'gap', values: readonly number[]): Promise<Titled> {
  const isGap = unit === 'gap';
  const sorted = values.toSorted((one, other) => one - other);
  const format = (value: number): string =>
    isGap ? `${(100 * value).toFixed(1)}%` : `${Number(value.toPrecision(3))} s`;
  const chart = {
    ...chartSize,
    // Counted here: the page holds bars, not thousands of values.
    data: { values: countIn(sorted) },
    mark: { type: 'bar', binSpacing: 1 },
    encoding: {
      x: {
        field: 'from',
        bin: { binned: true },
        type: 'quantitative',
        title: unit,
        axis: { tickCount: 5, grid: false, ...(isGap ? { format: percentTicks } : {}) },
      },
      x2: { field: 'to' },
      y: { field: 'count', type: 'quantitative', title: 'MIPs', axis: { tickCount: 4, tickMinStep: 1, format: 'd' } },
    },
  };
  const said = `${title}: from ${format(sorted[0])} to ${format(sorted.at(-1)!)}, median ${format(
    sorted[Math.floor(sorted.length / 2)],
  )}`;
  return { title, chart: await pageChart(chart, said) };
}

function countIn(sorted: readonly number[]): { from: number; to: number; count: number }[] {
  const [low, high] = [sorted[0], sorted.at(-1)!];
  // Equal values get one bar.
  const width = (high - low || Math.abs(high) || 1) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
  return counts.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }));
}

const mostSteps = 200;

async function solvedOverTime(ends: readonly number[]): Promise<Titled> {
  const step = Math.ceil(ends.length / mostSteps);
  const values = ends
    .map((seconds, at) => ({ seconds, solved: at + 1 }))
    .filter((_, at) => at % step === 0 || at === ends.length - 1);
  const chart = {
    ...chartSize,
    data: { values },
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: {
        field: 'seconds',
        type: 'quantitative',
        title: 'seconds',
        scale: { zero: true },
        axis: { tickCount: 5, grid: false },
      },
      y: { field: 'solved', type: 'quantitative', title: 'MIPs', axis: { tickCount: 4, tickMinStep: 1, format: 'd' } },
    },
  };
  const title = 'Solved MIPs over time';
  return { title, chart: await pageChart(chart, `${title}: ${ends.length} in ${ends.at(-1)!.toFixed(1)} seconds`) };
}

async function gapsOverTime(rows: readonly SubproblemRow[]): Promise<Titled | null> {
  const followed = rows.filter(({ course = [] }) => course.length > 1).slice(0, mostLines);
  if (followed.length < 2) return null;
  const values = followed.flatMap(({ course = [] }, mip) =>
    course.flatMap(({ seconds, objective, bound }) => {
      const gap = relativeGap(objective, bound);
      return gap === null ? [] : [{ mip, seconds, gap: Math.max(0, gap) }];
    }),
  );
  if (values.length < 2) return null;
  const chart = {
    ...chartSize,
    data: { values },
    mark: { type: 'line', strokeWidth: 1, opacity: 0.6, interpolate: 'step-after' },
    encoding: {
      x: {
        field: 'seconds',
        type: 'quantitative',
        title: 'seconds since its beginning',
        axis: { tickCount: 5, grid: false },
      },
      y: { field: 'gap', type: 'quantitative', title: null, axis: { tickCount: 4, format: percentTicks } },
      detail: { field: 'mip', type: 'nominal' },
    },
  };
  const title = 'Gap of each MIP while it was solved';
  return { title, chart: await pageChart(chart, `${title}, ${followed.length} MIPs`) };
}
