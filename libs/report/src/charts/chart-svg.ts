import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

export type Chart = TopLevelSpec;

/** A Vega-Lite chart as an SVG document; no browser is needed. */
export async function chartSvg(chart: Chart): Promise<string> {
  const view = new View(parse(compile(chart).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
