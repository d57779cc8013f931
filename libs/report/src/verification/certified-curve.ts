// Tested by verify-page.unit.test.ts.
import { percentTicks } from '../charts/chart-svg.js';
import { pageChart } from '../charts/page-chart.js';
import { html, type Html } from '../page/html.js';
import { percent } from '../page/numbers.js';

/** What is known for one distance. */
export interface CertifiedPoint {
  readonly epsilon: number;
  /** Fraction that is classified right and proven robust, 0..1. */
  readonly certified: number;
  /** Fraction that is classified right and for which no witness is known, 0..1. */
  readonly attackFree: number;
  /** Several networks: one line each. */
  readonly series?: string;
}

/** Certified accuracy, and attack-free accuracy above it, over epsilon. Null for fewer than two distances. */
export async function certifiedCurve(points: readonly CertifiedPoint[]): Promise<Html | null> {
  const sorted = points.toSorted((one, other) => one.epsilon - other.epsilon);
  if (new Set(sorted.map(({ epsilon }) => epsilon)).size < 2) return null;
  const names = [...new Set(sorted.map(({ series = '' }) => series))];
  const values = sorted.flatMap(({ epsilon, certified, attackFree, series = '' }) => [
    { epsilon, series, kind: 'certified', accuracy: certified },
    { epsilon, series, kind: 'attack-free', accuracy: attackFree },
  ]);
  const kinds = ['certified', 'attack-free'];
  const color = { field: 'series', type: 'nominal', title: null, sort: names, legend: { orient: 'top', columns: 1 } };
  const draw = (width: number): Promise<Html> =>
    pageChart(
      {
        width,
        height: 220,
        data: { values },
        mark: { type: 'line', point: { size: 28 } },
        encoding: {
          x: { field: 'epsilon', type: 'quantitative', axis: { tickCount: 6, grid: false } },
          y: { field: 'accuracy', type: 'quantitative', title: null, axis: { format: percentTicks, tickCount: 5 } },
          strokeDash: {
            field: 'kind',
            type: 'nominal',
            title: null,
            scale: {
              domain: kinds,
              range: [
                [1, 0],
                [5, 3],
              ],
            },
          },
          ...(names.length > 1 ? { color } : {}),
        },
      },
      `Certified accuracy over epsilon, from ${percent(sorted[0].certified, 1)} to ${percent(sorted.at(-1)!.certified, 1)}`,
    );
  return html`<div class="broad">${await draw(560)}</div>
    <div class="narrow fit">${await draw(260)}</div>`;
}
