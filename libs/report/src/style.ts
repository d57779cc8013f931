// Tested by train-page.unit.test.ts.
import { asHtml, type Html } from './html.js';

/**
 * Blue for plus, correct classes, the objective; orange for minus, errors. Colour-blind people can distinguish both.
 */
export const colours = { plus: [52, 116, 196], minus: [212, 110, 30] } as const;

/** One style sheet for screen (light and dark) and paper. */
export const style: Html = asHtml(`<style>
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2127; --soft: #5d6873; --line: #d9dee3;
  --panel: #f5f7f9; --plus: rgb(37 99 176); --minus: rgb(205 100 20); --plus-rgb: 37 99 176;
  --minus-rgb: 205 100 20; --zero: #eceff2; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181c; --ink: #e4e8ec; --soft: #9aa5b0; --line: #333b43;
  --panel: #1c2228; --plus: rgb(108 163 230); --minus: rgb(235 145 75); --plus-rgb: 108 163 230;
  --minus-rgb: 235 145 75; --zero: #262d34; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .7rem; }
p { margin: .4rem 0; } .soft, caption, figcaption { color: var(--soft); } .badge { display: inline-block;
  padding: 0 .6em; border: 1px solid currentColor; border-radius: 1em; font-size: .85rem; color: var(--soft);
  vertical-align: middle; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.4rem, 1fr)); gap: .7rem; margin: 1.2rem 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; }
.tile b { display: block; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { text-align: left;
  padding-bottom: .4rem; font-size: .9rem; }
th { text-align: left; font-weight: 600; } th, td { padding: .22rem .7rem; border-bottom: 1px solid var(--line);
  vertical-align: top; } td.n, th.n { text-align: right; } thead th { border-bottom: 2px solid var(--line); }
.wide { width: 100%; } .scroll { overflow-x: auto; } .confusion td, .confusion th { text-align: center;
  padding: .25rem .35rem; min-width: 2.6rem; border: 0; } .confusion .known { text-align: right; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem;
  overflow-x: auto; font: 13px/1.45 ui-monospace, "Cascadia Mono", Menlo, monospace; margin: .5rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); gap: .7rem; }
.pictures figure { margin: 0; text-align: center; font-size: .8rem; } .pictures img { width: 100%;
  max-width: 120px; image-rendering: pixelated; background: var(--zero); display: block; margin: 0 auto .2rem; }
svg { max-width: 100%; height: auto; display: block; } svg text { fill: var(--soft);
  font: 12px system-ui, sans-serif; } svg .axis { stroke: var(--line); } svg .objective { stroke: var(--plus);
  fill: none; stroke-width: 2; } svg .bound { stroke: var(--minus); fill: none; stroke-width: 2;
  stroke-dasharray: 5 4; } svg circle { fill: var(--plus); } svg circle.ofbound { fill: var(--minus); }
.columns { columns: 19rem; } .columns table { break-inside: avoid; margin-bottom: 1rem; }
.bar { display: inline-block; height: .7em; border-radius: 2px; }
.key { font-size: .9rem; } .swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px;
  vertical-align: -0.05em; margin: 0 .3em 0 .8em; }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --panel: #fff;
  --plus: rgb(37 99 176); --minus: rgb(205 100 20); --plus-rgb: 37 99 176; --minus-rgb: 205 100 20; --zero: #eee; }
body { max-width: none; padding: 0; font-size: 11px; } .pictures { grid-template-columns: repeat(9, 1fr); }
figure, tr, .tile, svg { break-inside: avoid; } h2 { break-after: avoid; } * { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
</style>`);
