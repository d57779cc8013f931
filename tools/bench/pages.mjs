#!/usr/bin/env node
/**
 * How large the pages of a run are, and how long Chromium takes to open them:
 *
 *     node tools/bench/pages.mjs [--parts 3000] [--settings 200] [--keep FOLDER]
 *
 * For a training of so many MIPs and a sweep of so many settings, both with invented figures: bytes of the page,
 * processor seconds of Chromium's page thread until the page is complete (scripts, layout and paint, whatever else the
 * machine does), seconds by the clock, and how far the page scrolls sideways at 400 pixels.
 * --keep writes the pages and a picture of each there. Needs a build, and Chromium in /usr/bin.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    parts: { type: 'string', default: '3000' },
    settings: { type: 'string', default: '200' },
    keep: { type: 'string' },
  },
});
const report = fileURLToPath(new URL('../../libs/report/', import.meta.url));
const { chromium } = createRequire(report)('playwright-core');
const { sampleSweep, sampleTraining } = await import(join(report, 'dist/testing/sample-pages.js'));
const { trainPage } = await import(join(report, 'dist/training/train-page.js'));
const { sweepPage } = await import(join(report, 'dist/sweep/sweep-page.js'));

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (program === undefined) throw new Error('there is no Chromium in /usr/bin: apt-get install chromium');

/** With the JSON document that the page of a run offers for download, as large as a real one. */
const training = (parts) => {
  const sample = sampleTraining(parts);
  return trainPage({ ...sample, document: { ...sample.document, subproblems: sample.rows } });
};
const sweep = (settings) => {
  const sample = sampleSweep(settings);
  return sweepPage({ ...sample, document: { settings: sample.settings } });
};

const folder = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'mipnet-pages-'));
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: program });
try {
  console.log('page                  MiB  processor s  clock s  sideways scroll at 400 px');
  await measure(`training-${values.parts}`, await training(Number(values.parts)));
  await measure(`sweep-${values.settings}`, await sweep(Number(values.settings)));
} finally {
  await browser.close();
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}

/** @param {string} name @param {string} text the page */
async function measure(name, text) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, text);
  const opened = [];
  for (let time = 0; time < 3; time++) opened.push(await open(file, time === 0 && values.keep));
  const median = (key) => opened.map((one) => one[key]).sort((a, b) => a - b)[1];
  const cells = [
    (statSync(file).size / 2 ** 20).toFixed(2).padStart(7),
    median('processor').toFixed(2).padStart(12),
    median('clock').toFixed(2).padStart(8),
    `  ${median('sideways')} px`,
  ];
  console.log(name.padEnd(18) + cells.join(' '));
}

/** @param {string} file @param {unknown} keep whether a picture of the page is written beside it */
async function open(file, keep) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, offline: true });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const processor = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const before = await processor();
  const started = performance.now();
  await page.goto(pathToFileURL(file).href);
  // Two frames: the first is drawn then.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const clock = (performance.now() - started) / 1000;
  const used = (await processor()) - before;
  if (keep) await page.screenshot({ path: file.replace(/html$/, 'png') });
  await page.setViewportSize({ width: 400, height: 900 });
  const sideways = await page.evaluate('document.documentElement.scrollWidth - 400');
  await context.close();
  return { processor: used, clock, sideways };
}
