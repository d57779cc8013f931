// Tested by train-page.unit.test.ts.
import { percentTicks } from '../charts/chart-svg.js';
import { chartGrid, chartSize, pageChart, seriesColours } from '../charts/page-chart.js';
import type { Html } from '../page/html.js';
import type { CoursePoint, RoundPoint } from './training-run.js';

interface Point {
  readonly x: number;
  readonly series: string;
  readonly y: number;
}

/** How an axis counts: rounds are whole, and one axis may have a single tick. */
interface Axis {
  readonly title: string;
  readonly isWhole: boolean;
}

const rounds: Axis = { title: 'round', isWhole: true };
const time: Axis = { title: 'seconds', isWhole: false };

/** Objective, bound and accuracy over the rounds and over time. Null without a curve: for fewer than two rounds. */
export async function roundCharts(points: readonly RoundPoint[], course: readonly CoursePoint[]): Promise<Html | null> {
  const inTime = points.filter(({ seconds }) => seconds !== null);
  const drawn = await Promise.all([
    line(
      'Objective and bound over the rounds',
      rounds,
      bounds(points, ({ round }) => round + 1),
    ),
    line(
      'Objective and bound over time',
      time,
      bounds(inTime, ({ seconds }) => seconds!),
    ),
    line(
      'Incumbent and bound of the MIP over time',
      time,
      bounds(course, ({ seconds }) => seconds),
      true,
    ),
    line(
      'Accuracy over the rounds',
      rounds,
      accuracies(points, ({ round }) => round + 1),
    ),
    line(
      'Accuracy over time',
      time,
      accuracies(inTime, ({ seconds }) => seconds!),
    ),
  ]);
  const charts = drawn.filter((chart) => chart !== null);
  return charts.length === 0 ? null : chartGrid(charts);
}

type Series<Of> = readonly (readonly [name: string, of: (point: Of) => number | null])[];

function pointsOf<Of>(all: readonly Of[], x: (point: Of) => number, series: Series<Of>): Point[] {
  return series.flatMap(([name, of]) =>
    all.flatMap((point) => {
      const y = of(point);
      return y === null ? [] : [{ x: x(point), series: name, y }];
    }),
  );
}

type Bounded = Pick<CoursePoint, 'objective' | 'bound'>;

const bounds = <Of extends Bounded>(all: readonly Of[], x: (point: Of) => number): Point[] =>
  pointsOf(all, x, [
    ['objective', ({ objective }) => objective],
    ['proven bound', ({ bound }) => bound],
  ]);

const accuracies = (all: readonly RoundPoint[], x: (point: RoundPoint) => number): Point[] =>
  pointsOf(all, x, [
    ['training', ({ train }) => train],
    ['validation', ({ validation }) => validation],
  ]);

/** @param isStep between two points the first one holds */
async function line(
  title: string,
  { title: x, isWhole }: Axis,
  values: readonly Point[],
  isStep = false,
): Promise<{ readonly title: string; readonly chart: Html } | null> {
  const places = [...new Set(values.map((value) => value.x))];
  if (places.length < 2) return null;
  const names = [...new Set(values.map(({ series }) => series))];
  const isAccuracy = names.includes('training') || names.includes('validation');
  const few = values.length <= 60;
  const chart = {
    ...chartSize,
    data: { values },
    mark: { type: 'line', interpolate: isStep ? 'step-after' : 'linear', point: few ? { size: 22 } : false },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: x,
        scale: { nice: false, zero: false },
        axis:
          isWhole && places.length <= 8 ? { values: places, format: 'd', grid: false } : { tickCount: 5, grid: false },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: null,
        scale: { zero: false },
        axis: { tickCount: 4, ...(isAccuracy ? { format: percentTicks } : {}) },
      },
      color: {
        field: 'series',
        type: 'nominal',
        title: null,
        sort: names,
        scale: { domain: names, range: seriesColours.slice(0, names.length) },
      },
      strokeDash: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale: {
          domain: names,
          range: [
            [1, 0],
            [5, 3],
          ].slice(0, names.length),
        },
      },
    },
  };
  const ends = names.map((name) => {
    const own = values.filter(({ series }) => series === name);
    return `${name} from ${text(own[0].y, isAccuracy)} to ${text(own.at(-1)!.y, isAccuracy)}`;
  });
  return { title, chart: await pageChart(chart, `${title}: ${ends.join(', ')}`) };
}

const text = (value: number, isAccuracy: boolean): string =>
  isAccuracy ? `${(100 * value).toFixed(1)}%` : String(Number(value.toPrecision(4)));
