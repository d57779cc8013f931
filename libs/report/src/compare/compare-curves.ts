// Tested by compare-page.unit.test.ts.
import { percentTicks } from '../charts/chart-svg.js';
import { chartGrid, chartSize, pageChart } from '../charts/page-chart.js';
import type { Html } from '../page/html.js';
import type { RoundPoint } from '../training/training-run.js';
import type { ComparedRun } from './compared-run.js';

/** More lines cannot be told apart. */
const mostRuns = 8;

/** Objective, bound and accuracy of several runs on one axis each. Null if no run has two rounds. */
export async function compareCurves(runs: readonly ComparedRun[]): Promise<Html | null> {
  const shown = runs.filter(({ rounds }) => rounds.length > 1).slice(0, mostRuns);
  const charts = await Promise.all(
    (
      [
        ['Objective over the rounds', 'round', ({ round }) => round + 1, ({ objective }) => objective],
        ['Objective over time', 'seconds', ({ seconds }) => seconds, ({ objective }) => objective],
        ['Proven bound over time', 'seconds', ({ seconds }) => seconds, ({ bound }) => bound],
        ['Validation accuracy over the rounds', 'round', ({ round }) => round + 1, ({ validation }) => validation],
        ['Training accuracy over the rounds', 'round', ({ round }) => round + 1, ({ train }) => train],
      ] as const satisfies readonly Curve[]
    ).map((curve) => draw(curve, shown)),
  );
  const drawn = charts.filter((chart) => chart !== null);
  return drawn.length === 0 ? null : chartGrid(drawn);
}

type Of = (point: RoundPoint) => number | null;
type Curve = readonly [title: string, unit: string, x: Of, y: Of];

async function draw(
  [title, unit, x, y]: Curve,
  runs: readonly ComparedRun[],
): Promise<{ readonly title: string; readonly chart: Html } | null> {
  const values = runs.flatMap(({ run, rounds }) =>
    rounds.flatMap((point) => {
      const [at, value] = [x(point), y(point)];
      return at === null || value === null ? [] : [{ run, x: at, y: value }];
    }),
  );
  if (new Set(values.map((value) => value.x)).size < 2) return null;
  const chart = {
    ...chartSize,
    data: { values },
    mark: { type: 'line', point: { size: 18 } },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: unit,
        axis: { tickCount: 5, grid: false, ...(unit === 'round' ? { format: 'd', tickMinStep: 1 } : {}) },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: null,
        scale: { zero: false },
        axis: { tickCount: 4, ...(title.includes('accuracy') ? { format: percentTicks } : {}) },
      },
      color: {
        field: 'run',
        type: 'nominal',
        title: null,
        sort: runs.map(({ run }) => run),
        legend: { columns: 1, labelLimit: 280 },
      },
    },
  };
  return { title, chart: await pageChart(chart, `${title} of ${runs.map(({ run }) => run).join(', ')}`) };
}
