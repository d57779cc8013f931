import { expect, test } from 'vitest';
import { sampleLive } from '../testing/sample-pages.js';
import { livePage } from './live-page.js';

test('a live page loads itself again and shows how far the run is, without anything unknown', async () => {
  const page = await livePage(sampleLive());
  expect(page).toContain('<meta http-equiv="refresh" content="3" />');
  for (const said of ['17 of 45', '<progress value="17" max="45"', 'layer 1 of 2: 64 filters', 'Accuracy over time'])
    expect(page).toContain(said);
  expect(page).toMatch(/pair 4v9[^]*branch and cut[^]*20.00%/);
  expect(page).not.toContain('to the end of this round');
  expect(page.replace(/<script>[^]*?<\/script>/g, '')).not.toMatch(/undefined|NaN|\[object/);
});

test('at the beginning nothing is known, and nothing is drawn', async () => {
  const page = await livePage({ ...sampleLive(), points: [], underWay: [], objective: null, bound: null, gap: null });
  expect(page).not.toMatch(/<svg|MIPs in progress|objective/);
});
