// Tested by train-page.unit.test.ts.
import { scaleLinear } from 'd3-scale';
import { asHtml, html, type Html } from './html.js';
import { number } from './numbers.js';

/** One round: its number from 0, and the figures after it. */
export interface CurvePoint {
  readonly round: number;
  readonly objective: number | null;
  readonly bound: number | null;
}

const width = 720;
const height = 260;
const margin = { top: 14, right: 16, bottom: 38, left: 68 };

/** The objective over the rounds, and its proven bound if there is one, as SVG. Empty for fewer than two rounds. */
export function curve(points: readonly CurvePoint[]): Html | null {
  const objective = points
    .filter(({ objective: value }) => value !== null)
    .map(({ round, objective: value }) => [round, value!] as const);
  if (objective.length < 2) return null;
  const bound = points
    .filter(({ bound: value }) => value !== null)
    .map(({ round, bound: value }) => [round, value!] as const);
  const values = [...objective, ...bound].map(([, value]) => value);
  const rounds = points.map(({ round }) => round);
  const x = scaleLinear([Math.min(...rounds), Math.max(...rounds)], [margin.left, width - margin.right]);
  const y = scaleLinear([Math.min(...values), Math.max(...values)], [height - margin.bottom, margin.top]).nice(5);
  const line = (of: readonly (readonly [number, number])[]): string =>
    of.map(([round, value], k) => `${k === 0 ? 'M' : 'L'}${x(round).toFixed(1)},${y(value).toFixed(1)}`).join('');
  const dots = (of: readonly (readonly [number, number])[], name: string): Html[] =>
    of.map(
      ([round, value]) =>
        html`<circle class="of${name}" cx="${x(round).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3"
          ><title>round ${round + 1}: ${name} ${number(value)}</title></circle
        >`,
    );
  const xTicks = x.ticks(Math.min(10, rounds.length)).filter(Number.isInteger);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="objective over rounds">
      ${y.ticks(5).map((tick) => html`<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick)}" y2="${y(tick)}" /><text x="${margin.left - 8}" y="${y(tick) + 4}" text-anchor="end">${y.tickFormat(5)(tick)}</text>`)}
      ${xTicks.map((tick) => html`<text x="${x(tick)}" y="${height - margin.bottom + 18}" text-anchor="middle">${tick + 1}</text>`)}
      <text x="${(margin.left + width - margin.right) / 2}" y="${height - 4}" text-anchor="middle">round</text>
      ${bound.length > 1 ? html`<path class="bound" d="${line(bound)}" />` : asHtml('')}
      <path class="objective" d="${line(objective)}" />
      ${dots(bound, 'bound')}${dots(objective, 'objective')}
    </svg>
    <p class="key soft">
      <span class="swatch" style="background:var(--plus)"></span
      >objective${bound.length > 0 ? html`<span class="swatch" style="background:var(--minus)"></span>proven bound` : asHtml('')}
    </p>`;
}
