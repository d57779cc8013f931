// Tested by page.int.test.ts.
import { asHtml, type Html } from './html.js';

/**
 * Blue for plus, correct classes, the objective; orange for minus, errors, bounds. Colour-blind people can distinguish
 * both. Pictures have them as fixed colours, because pixels do not follow the reader's light or dark setting.
 */
export const colours = { plus: [52, 116, 196], minus: [212, 110, 30] } as const;

const light = `--paper: #fff; --ink: #1c2127; --soft: #56606b; --line: #d9dee3; --panel: #f5f7f9;
  --plus: rgb(37 99 176); --minus: rgb(176 82 12); --plus-rgb: 37 99 176; --minus-rgb: 205 100 20; --zero: #eceff2;
  --c1: #2563b0; --c2: #b0520c; --c3: #1d7a4d; --c4: #9b2f7f; --c5: #7a6a00; --c6: #56606b; --c7: #b3261e; --c8: #0f7c8a;`;
const dark = `--paper: #14181c; --ink: #e4e8ec; --soft: #a3aeb9; --line: #333b43; --panel: #1c2228;
  --plus: rgb(108 163 230); --minus: rgb(235 145 75); --plus-rgb: 108 163 230; --minus-rgb: 235 145 75; --zero: #262d34;
  --c1: #6ca3e6; --c2: #eb914b; --c3: #5cc492; --c4: #e28ccb; --c5: #d1c04d; --c6: #a3aeb9; --c7: #f0857d; --c8: #5cc3d1;`;

/**
 * One style sheet for screens (light and dark, from 400 pixels on) and paper. A browser lays out a long table only when
 * it comes into view: with 3,000 rows that is most of the work of opening a page.
 */
export const style: Html = asHtml(`<style>
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; } h2 { font-size: 1.15rem; margin: 2.4rem 0 .7rem; }
h3 { font-size: .95rem; margin: 0 0 .3rem; } section > :not(h2) + h3 { margin-top: 1.3rem; } p { margin: .4rem 0; } a { color: var(--plus); }
.soft, caption, figcaption { color: var(--soft); } .badge { display: inline-block; padding: 0 .6em;
  border: 1px solid currentColor; border-radius: 1em; font-size: .85rem; font-weight: 400; color: var(--soft);
  vertical-align: middle; }
nav { margin: 1rem 0 0; font-size: .9rem; } nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0;
  padding: 0; list-style: none; } nav a { display: inline-block; padding: .15rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.6rem, 1fr)); gap: .7rem; margin: 1.2rem 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; }
.tile b { display: block; font-size: 1.2rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile span { display: block; color: var(--soft); font-size: .85rem; line-height: 1.3; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { text-align: left;
  padding-bottom: .4rem; font-size: .9rem; }
th { text-align: left; font-weight: 600; } th, td { padding: .22rem .7rem; border-bottom: 1px solid var(--line);
  vertical-align: top; } td.n, th.n { text-align: right; white-space: nowrap; }
thead th { border-bottom: 2px solid var(--line); vertical-align: bottom; overflow-wrap: normal; }
th button { all: unset; cursor: pointer; font-weight: 600; } th button::after { content: " \\2195"; color: var(--soft);
  font-weight: 400; } th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
th button:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--plus); outline-offset: 2px; }
.wide { width: 100%; } .scroll { overflow-x: auto; } .scroll td, .scroll th { overflow-wrap: normal; }
.sortable td:first-child { min-width: 10rem; } .sortable td.long { min-width: 18rem; }
.tall { max-height: 34rem; overflow-y: auto; }
.long-table { content-visibility: auto; contain-intrinsic-height: auto 34rem; }
.tall thead th { position: sticky; top: 0; background: var(--paper); }
.facts th { white-space: nowrap; padding-left: 0; } .facts td { overflow-wrap: anywhere; }
.confusion td, .confusion th { text-align: center; padding: .25rem .35rem; min-width: 2.4rem; border: 0; }
.confusion .known { text-align: right; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem;
  font: 13px/1.45 ui-monospace, "Cascadia Mono", Menlo, monospace; margin: .5rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); gap: .9rem .7rem; margin: 0;
  padding: 0; list-style: none; }
.pictures figure, .picture { margin: 0; text-align: center; font-size: .8rem; line-height: 1.3; }
.pictures img { width: 100%; max-width: 120px; image-rendering: pixelated; background: var(--zero); display: block;
  margin: 0 auto .2rem; }
.triples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 1rem; }
.triples figure { margin: 0; } .triples .three { display: grid; grid-template-columns: repeat(3, 1fr); gap: .4rem;
  font-size: .8rem; text-align: center; color: var(--soft); }
.triples img { width: 100%; image-rendering: pixelated; display: block; background: var(--zero); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 1.4rem 1.2rem; }
.charts figure { margin: 0; min-width: 0; max-width: 34rem; } .chart { margin: 0; }
svg { max-width: 100%; height: auto; display: block; } .charts svg, .fit svg { width: 100%; }
.fit svg { max-width: 56rem; }
.narrow { display: none; }
@media (max-width: 40rem) { .narrow { display: block; } .broad { display: none; } body { padding: 1rem .8rem 3rem; }
  th, td { padding: .22rem .45rem; } }
.columns { columns: 19rem; } .columns table { min-width: 14rem; } .columns > div { break-inside: avoid; margin-bottom: 1.1rem; }
.bar { display: inline-block; height: .7em; border-radius: 2px; }
header button { font: inherit; min-height: 2rem; padding: .2rem .9rem; }
progress { width: 100%; height: 1rem; accent-color: var(--plus); }
.rules li { margin: .15rem 0; } .key { font-size: .9rem; } .swatch { display: inline-block; width: .8em; height: .8em;
  border-radius: 2px; vertical-align: -0.05em; margin: 0 .3em 0 .8em; } .swatch:first-child { margin-left: 0; }
@media print { :root { color-scheme: light; ${light} --paper: #fff; --ink: #000; --soft: #444; }
@page { margin: 14mm; } body { max-width: none; padding: 0; font-size: 11px; } nav, .download { display: none; }
.pictures { grid-template-columns: repeat(9, 1fr); } .tall { max-height: none; overflow: visible; }
.long-table { content-visibility: visible; }
.scroll { overflow: visible; } .charts { grid-template-columns: 1fr 1fr; } th button::after { content: none; }
figure, tr, .tile, svg, .triples figure { break-inside: avoid; } h2, caption { break-after: avoid; }
thead { display: table-header-group; } .tall thead th { position: static; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>`);
