// Tested by ../training/train-page.unit.test.ts.
import { asHtml, html, type Html } from '../page/html.js';
import { chartSvg, type Chart } from './chart-svg.js';

/** Of a chart in a grid of charts: it is drawn at the width of a telephone, and grows with its column. */
export const chartSize = { width: 300, height: 170 } as const;

/** Colours of series, as in the style sheet: they follow the reader's light or dark setting. */
export const seriesColours = ['1', '2', '3', '4', '5', '6', '7', '8'].map((name) => `var(--c${name})`);

const text = { labelColor: 'var(--soft)', titleColor: 'var(--soft)', titleFontWeight: 400 } as const;
const theme = {
  // The label of the whole picture is enough: one per mark would make a page of thousands of marks unreadable.
  aria: false,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: { ...text, gridColor: 'var(--line)', domainColor: 'var(--line)', tickColor: 'var(--line)' },
  legend: { ...text, orient: 'top', symbolStrokeWidth: 2, columns: 3 },
  header: { ...text },
  range: { category: seriesColours },
  line: { color: seriesColours[0], strokeWidth: 2 },
  point: { color: seriesColours[0], filled: true },
  bar: { color: seriesColours[0] },
  rect: { color: seriesColours[0] },
  rule: { color: 'var(--soft)' },
  text: { color: 'var(--ink)' },
} as const;

/** A Vega-Lite chart in the colours of the page. @param label what it shows, for those who do not see it */
export async function pageChart(chart: object, label: string): Promise<Html> {
  const { config = {}, ...spec } = chart as { readonly config?: object };
  const svg = await chartSvg({
    background: null,
    padding: 2,
    ...spec,
    config: { ...theme, ...config },
  } as unknown as Chart);
  const named = svg
    .replace('<svg ', `<svg role="img" aria-label="${String(html`${label}`)}" `)
    .replace(
      / xmlns(?::xlink)?="[^"]*"| role="graphics-[a-z]+"| aria-roledescription="[^"]*"| pointer-events="none"/g,
      '',
    )
    // Hundredths of a pixel are enough; text is not touched.
    .replace(/ (?:d|transform|width|height|x2|y2)="[^"]*"/g, (attribute) => attribute.replace(/(\.\d{2})\d+/g, '$1'));
  return asHtml(named);
}

/** Charts beside each other. */
export const chartGrid = (charts: readonly { readonly title: string; readonly chart: Html }[]): Html =>
  html`<div class="charts">
    ${charts.map(
      ({ title, chart }) =>
        html`<figure class="chart">
          <h3>${title}</h3>
          ${chart}
        </figure>`,
    )}
  </div>`;
