import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparePage } from '../compare/compare-page.js';
import { livePage } from '../live/live-page.js';
import { sweepPage } from '../sweep/sweep-page.js';
import {
  sampleComparison,
  sampleLive,
  sampleSweep,
  sampleTable,
  sampleTraining,
  sampleVerification,
} from '../testing/sample-pages.js';
import { trainPage } from '../training/train-page.js';
import { verifyPage } from '../verification/verify-page.js';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const pages = {
  training: () => trainPage(sampleTraining()),
  'training of a table': () => trainPage(sampleTable()),
  verification: () => verifyPage(sampleVerification()),
  sweep: () => sweepPage(sampleSweep()),
  'running training': () => livePage({ ...sampleLive(), refreshSeconds: 600 }),
  comparison: () => comparePage(sampleComparison()),
} as const;

if (program === undefined) console.warn('there is no Chromium here: pages are not opened in a browser');

describe.skipIf(program === undefined)('pages in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mipnet-pages-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    html: string,
    { width, dark = false, scripts = true }: { width: number; dark?: boolean; scripts?: boolean },
  ): Promise<Page> {
    const file = join(folder, 'page.html');
    writeFileSync(file, html);
    // The policy of a page allows its own script only, not the one that looks at it.
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      javaScriptEnabled: scripts,
      bypassCSP: true,
      offline: true,
    });
    // A busy machine takes its time.
    context.setDefaultTimeout(250_000);
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  interface Axe {
    run(on: unknown, how: object): Promise<AxeResults>;
  }

  async function axeOn(page: Page): Promise<AxeResults> {
    await page.addScriptTag({ path: axe });
    return page.evaluate(async () => {
      const { axe: loaded, document } = globalThis as unknown as { readonly axe: Axe; readonly document: unknown };
      return loaded.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    });
  }

  /** How many boxes the browser has laid out. */
  async function boxesOf(page: Page): Promise<number> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'LayoutObjects')!.value;
  }

  const widthOf = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth');

  test.each(Object.entries(pages))(
    '%s: axe finds no violation of level A or AA, light or dark; no sideways scroll from 400 to 1600 pixels',
    async (_, make) => {
      const html = await make();
      for (const dark of [false, true]) {
        const page = await open(html, { width: 800, dark });
        const { violations, passes } = await axeOn(page);
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`)).toEqual([]);
        // It has looked at text, and at pictures.
        expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(['color-contrast', 'svg-img-alt']));
        for (const width of dark ? [] : [400, 800, 1600]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await widthOf(page), `${width} pixels`).toBeLessThanOrEqual(width);
        }
        await page.context().close();
      }
    },
  );

  test('a click on a heading sorts the rows by number, and again the other way round', async () => {
    const page = await open(await trainPage(sampleTraining(12)), { width: 800 });
    const seconds = (): Promise<number[]> =>
      page.$$eval('table.sortable tbody tr td:last-child', (cells) =>
        cells.map(({ textContent }) => Number(textContent)),
      );
    const unsorted = await seconds();
    await page.click('th button:text("solver seconds")');
    const sorted = unsorted.toSorted((one, other) => one - other);
    expect(await seconds()).toEqual(sorted);
    expect(await page.getAttribute('th:has-text("solver seconds")', 'aria-sort')).toBe('ascending');
    await page.click('th button:text("solver seconds")');
    expect(await seconds()).toEqual(sorted.toReversed());
    await page.context().close();
  });

  test('a page of 3,000 MIPs is complete without its script, and loads nothing', async () => {
    const requests: string[] = [];
    const page = await open(await trainPage(sampleTraining(3000)), { width: 800, scripts: false });
    page.on('request', (request) => requests.push(request.url()));
    await page.reload();
    expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(3000);
    expect(await boxesOf(page), 'the table is laid out when it comes into view').toBeLessThan(10_000);
    expect(requests.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
    await page.context().close();
  });
});
