import { percentTicks } from '../charts/chart-svg.js';
import { chartGrid, chartSize, pageChart, seriesColours } from '../charts/page-chart.js';
import { dataTable } from '../page/data-table.js';
import { html, type Html } from '../page/html.js';
import { duration, none, number, percent, secondsText } from '../page/numbers.js';
import { rangeText } from '@mipnet/text/duration';
import { page, tiles, timeText, type Section } from '../page/page.js';

/** How far a run was at one moment. */
export interface LivePoint {
  /** Since it began. */
  readonly seconds: number;
  readonly solved: number;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly train: number | null;
  readonly validation: number | null;
}

/** A MIP that is being solved. */
export interface LiveMip {
  readonly name: string;
  /** What the solve does: `branch and cut`. */
  readonly step: string | null;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly nodes: number;
  readonly seconds: number;
}

/** The page of a run that works. It is written again and again, and a browser loads it again by itself. */
export interface LivePage {
  readonly run: string;
  readonly kind: string;
  readonly status: string;
  /** ISO 8601 */
  readonly startedAt: string;
  /** When this page was written; ISO 8601. */
  readonly writtenAt: string;
  /** What it is doing, in words. */
  readonly stage: string;
  readonly seconds: number;
  readonly solved: number;
  readonly total: number;
  readonly inFlight: number;
  readonly objective: number | null;
  /** What the objective covers if parts are missing. */
  readonly covers: string | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly train: number | null;
  readonly validation: number | null;
  /** Verdict -> questions, of a verification. */
  readonly verdicts: Readonly<Record<string, number>> | null;
  /** Until the end of the round: the least and the most that is likely, seconds. */
  readonly eta: { readonly least: number; readonly most: number } | null;
  /** What the run waits for, or what prevents its work. */
  readonly trouble: string | null;
  readonly points: readonly LivePoint[];
  readonly underWay: readonly LiveMip[];
  readonly commands: readonly string[];
  readonly refreshSeconds: number;
}

/** One self-contained HTML document about a run that has not ended. */
export async function livePage(live: LivePage): Promise<string> {
  const { run, kind, status, startedAt, writtenAt, refreshSeconds, solved, total, verdicts } = live;
  const known: readonly (readonly [string, string])[] = [
    [`${solved} of ${total}`, verdicts === null ? 'MIPs solved' : 'parts solved'],
    [percent(live.validation), coveredText('on validation so far', live.covers)],
    [percent(live.train), coveredText('of the training samples', live.covers)],
    [number(live.objective), coveredText('objective', live.covers)],
    [number(live.bound), 'proven bound'],
    [percent(live.gap), 'gap'],
    ...Object.entries(verdicts ?? {}).map(([name, count]) => [String(count), name] as const),
    [String(live.inFlight), 'in the queue or in a slot'],
    [duration(live.seconds), 'since it began'],
    [live.eta === null ? none : rangeText(live.eta), 'to the end of this round'],
  ];
  const charts = await liveCharts(live.points);
  return page({
    title: run,
    badge: status,
    subtitle: `${kind}, begun ${timeText(startedAt)}; this page is of ${timeText(writtenAt)} and renews itself`,
    refreshSeconds,
    head: html`<p>
        <progress value="${solved}" max="${Math.max(1, total)}" aria-label="solved parts"></progress>
      </p>
      <p><b>${live.stage}</b></p>
      ${live.trouble === null ? '' : html`<p>It waits: ${live.trouble}</p>`}
      ${tiles(known.filter(([value]) => value !== none))}`,
    sections: [
      charts && { title: 'Course of the run', body: charts },
      underWaySection(live.underWay),
      { title: 'Commands', body: html`<pre>${live.commands.join('\n')}</pre>` },
    ],
  });
}

const coveredText = (what: string, covers: string | null): string => (covers === null ? what : `${what} (${covers})`);

function underWaySection(mips: readonly LiveMip[]): Section | null {
  if (mips.length === 0) return null;
  const gap = ({ objective, bound }: LiveMip): number | null =>
    objective === null || bound === null ? null : (objective - bound) / Math.max(1e-9, Math.abs(objective));
  return {
    title: 'MIPs in progress',
    body: dataTable<LiveMip>(
      [
        { title: 'name', value: ({ name }) => name },
        { title: 'step', value: ({ step }) => step ?? '', shown: ({ step }) => step ?? none },
        {
          title: 'incumbent',
          value: ({ objective }) => objective,
          shown: (mip) => number(mip.objective),
          isNumber: true,
        },
        { title: 'bound', value: ({ bound }) => bound, shown: ({ bound }) => number(bound), isNumber: true },
        { title: 'gap', value: gap, shown: (mip) => percent(gap(mip)), isNumber: true },
        { title: 'nodes', value: ({ nodes }) => nodes, isNumber: true },
        {
          title: 'seconds',
          value: ({ seconds }) => Number(seconds.toFixed(2)),
          shown: ({ seconds }) => secondsText(seconds),
          isNumber: true,
        },
      ],
      mips,
      { label: 'MIPs in progress' },
    ),
  };
}

async function liveCharts(points: readonly LivePoint[]): Promise<Html | null> {
  const charts = await Promise.all([
    overTime('Solved MIPs over time', points, { MIPs: ({ solved }) => solved }, 'd'),
    overTime('Objective and bound over time', points, {
      objective: ({ objective }) => objective,
      'proven bound': ({ bound }) => bound,
    }),
    overTime(
      'Accuracy over time',
      points,
      { training: ({ train }) => train, validation: ({ validation }) => validation },
      percentTicks,
    ),
  ]);
  const drawn = charts.filter((chart) => chart !== null);
  return drawn.length === 0 ? null : chartGrid(drawn);
}

async function overTime(
  title: string,
  points: readonly LivePoint[],
  series: Readonly<Record<string, (point: LivePoint) => number | null>>,
  format?: string,
): Promise<{ readonly title: string; readonly chart: Html } | null> {
  const values = Object.entries(series).flatMap(([name, of]) =>
    points.flatMap((point) => {
      const y = of(point);
      return y === null ? [] : [{ x: point.seconds, y, name }];
    }),
  );
  // A flat line of one value says less than the figure above.
  if (new Set(values.map(({ y }) => y)).size < 2) return null;
  const names = Object.keys(series).filter((name) => values.some((value) => value.name === name));
  const chart = {
    ...chartSize,
    data: { values },
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: 'seconds', axis: { tickCount: 5, grid: false } },
      y: {
        field: 'y',
        type: 'quantitative',
        title: null,
        scale: { zero: false },
        axis: { tickCount: 4, ...(format === undefined ? {} : { format }) },
      },
      color: {
        field: 'name',
        type: 'nominal',
        title: null,
        legend: names.length > 1 ? {} : null,
        scale: { domain: names, range: seriesColours.slice(0, names.length) },
      },
    },
  };
  return { title, chart: await pageChart(chart, title) };
}
