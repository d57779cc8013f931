// Tested by ../sweep/sweep-page.unit.test.ts.
import { html, type Html } from '../page/html.js';
import { pageChart } from './page-chart.js';

/** One line of the chart: what it is called, and its value on each axis. */
export interface ParallelLine {
  readonly name: string;
  /** Drawn in colour, above the others. */
  readonly isBest: boolean;
  /** By axis; absent: the line has a gap there. */
  readonly values: Readonly<Record<string, string | number | null | undefined>>;
}

/** More axes do not fit on a page; those that come first are shown. */
const mostAxes = 10;
/** Values of an axis that are written beside it. */
const mostLabels = 8;

interface Place {
  readonly axis: string;
  readonly at: number;
}

/** Parallel coordinates: a line per setting over axes of keys and figures. Null for fewer than two axes that vary. */
export async function parallelChart(lines: readonly ParallelLine[], axes: readonly string[]): Promise<Html | null> {
  const last = (axis: string): string => axis.split('.').at(-1)!;
  const isUnique = (axis: string): boolean => axes.filter((other) => last(other) === last(axis)).length === 1;
  const scales = axes
    .flatMap((axis) => scaleOf(axis, isUnique(axis) ? last(axis) : axis, lines) ?? [])
    .slice(0, mostAxes);
  if (scales.length < 2 || lines.length < 2) return null;
  const values = lines.flatMap(({ name, isBest, values: own }) =>
    scales.flatMap(({ axis, title, placeOf }) => {
      const at = placeOf(own[axis]);
      return at === null ? [] : [{ axis: title, name, best: isBest ? 'best' : 'other', at }];
    }),
  );
  const labels = scales.flatMap(({ title, labels: texts }) => texts.map(({ text, at }) => ({ axis: title, at, text })));
  const titles = scales.map(({ title }) => title);
  const x = { field: 'axis', type: 'nominal', sort: titles, title: null };
  const y = { field: 'at', type: 'quantitative', title: null, axis: null, scale: { domain: [0, 1], nice: false } };
  const domain = ['other', 'best'];
  const kind = { field: 'best', type: 'ordinal', sort: domain, legend: null };
  const draw = (width: number): Promise<Html> =>
    pageChart(
      {
        width,
        height: 260,
        layer: [
          {
            data: { values: titles.map((axis) => ({ axis })) },
            mark: { type: 'rule', color: 'var(--line)' },
            encoding: { x: { ...x, axis: { labelAngle: -30, labelLimit: 110, ticks: false, domain: false } } },
          },
          {
            data: { values },
            mark: { type: 'line' },
            encoding: {
              x,
              y,
              detail: { field: 'name', type: 'nominal' },
              color: { ...kind, scale: { domain, range: ['var(--soft)', 'var(--c1)'] } },
              opacity: { ...kind, scale: { domain, range: [0.3, 1] } },
              strokeWidth: { ...kind, scale: { domain, range: [1, 2] } },
            },
          },
          {
            data: { values: labels },
            mark: { type: 'text', align: 'left', dx: 4, fontSize: 10, limit: 90 },
            encoding: { x, y, text: { field: 'text', type: 'nominal' } },
          },
        ],
      },
      `Parallel coordinates of ${lines.length} settings over ${titles.join(', ')}`,
    );
  return html`<div class="broad fit">${await draw(680)}</div>
    <div class="narrow fit">${await draw(300)}</div>
    <p class="soft">A line is a setting; the best ones are blue. On each axis, larger numbers are higher.</p>`;
}

interface AxisScale {
  readonly axis: string;
  readonly title: string;
  /** 0..1 */
  placeOf(value: string | number | null | undefined): number | null;
  readonly labels: readonly (Pick<Place, 'at'> & { readonly text: string })[];
}

/** Undefined for an axis on which nothing varies. */
function scaleOf(axis: string, title: string, lines: readonly ParallelLine[]): AxisScale | undefined {
  const given = lines.map(({ values }) => values[axis]).filter((value) => value !== null && value !== undefined);
  const distinct = [...new Set(given.map(String))];
  if (distinct.length < 2) return undefined;
  const isNumeric = distinct.every((text) => text.trim() !== '' && Number.isFinite(Number(text)));
  const order = isNumeric ? distinct.sort((one, other) => Number(one) - Number(other)) : distinct;
  if (isNumeric && distinct.length > mostLabels) {
    const [low, high] = [Number(order[0]), Number(order.at(-1))];
    return {
      axis,
      title,
      placeOf: (value) => (value === null || value === undefined ? null : (Number(value) - low) / (high - low)),
      labels: [
        { at: 0, text: short(low) },
        { at: 1, text: short(high) },
      ],
    };
  }
  const step = Math.ceil(order.length / mostLabels);
  const at = (position: number): number => position / (order.length - 1);
  return {
    axis,
    title,
    placeOf(value) {
      const position = value === null || value === undefined ? -1 : order.indexOf(String(value));
      return position < 0 ? null : at(position);
    },
    labels: order.flatMap((text, position) =>
      position % step === 0 ? [{ at: at(position), text: isNumeric ? short(Number(text)) : text }] : [],
    ),
  };
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
