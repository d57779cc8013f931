import { describe, expect, test } from 'vitest';
import { chartSvg } from '../charts/chart-svg.js';
import { sweepChart } from './sweep-chart.js';
import { environment, sampleSweep } from '../testing/sample-pages.js';
import { sweepPage } from './sweep-page.js';
import type { SweptSetting } from './swept-setting.js';

const setting = (
  values: Readonly<Record<string, string>>,
  mean: number,
  more: Partial<SweptSetting> = {},
): SweptSetting => ({
  name: Object.values(values).join(', '),
  values,
  round: 1,
  isChosen: false,
  validation: { mean, sd: 0.01, count: 2 },
  objective: { mean: 3, sd: 1, count: 2 },
  gap: null,
  nonZero: null,
  seconds: { mean: 2, sd: null, count: 2 },
  failed: 0,
  trainings: [{ validation: mean, repeat: 'seed=0' }],
  ...more,
});

describe('the picture of a sweep', () => {
  const margins = ['2', '4', '8'];

  test('lines over a key of numbers, one per combination of the other keys', async () => {
    const settings = ['0.1', '0.5'].flatMap((sparsity) => margins.map((margin) => setting({ margin, sparsity }, 0.8)));
    const chart = sweepChart(settings, ['margin', 'sparsity'])!;
    expect(chart).toMatchObject({ width: 520, layer: [{}, { mark: { type: 'line' } }] });
    expect(await chartSvg(chart)).toMatch(/<svg[^]*sparsity=0.1[^]*sparsity=0.5/);
  });

  test('many lines get a picture each', () => {
    const variants = Array.from({ length: 15 }, (_, at) => `v${at}`);
    const settings = variants.flatMap((variant) => margins.map((margin) => setting({ variant, margin }, 0.8)));
    expect(sweepChart(settings, ['variant', 'margin'])).toMatchObject({ columns: 5, facet: { field: 'line' } });
  });

  test('otherwise a row per setting; settings without a result are not shown', () => {
    const settings = [setting({ loss: 'hinge' }, 0.9), setting({ loss: 'zero-one' }, 0.8, { failed: 1 })];
    const chart = sweepChart(settings, ['loss']) as unknown as { layer: { data: { values: object[] } }[] };
    expect(chart.layer[2].data.values).toHaveLength(1);
    expect(sweepChart([setting({ loss: 'hinge' }, 0.9, { validation: null })], ['loss'])).toBeUndefined();
  });

  test('settings that fell behind in earlier rounds are compared by rows, not by lines', () => {
    const settings = margins.map((margin, at) => setting({ margin }, 0.8, { round: at === 0 ? 2 : 1 }));
    expect(sweepChart(settings, ['margin'])).not.toHaveProperty('height', 320);
  });
});

test('the page has the settings, what is chosen, and its networks; text from the data is escaped', async () => {
  const page = await sweepPage({
    run: 'heart-sweep-1',
    status: 'completed',
    startedAt: '2026-01-01T00:00:00.000Z',
    name: '<b>heart</b>',
    environment,
    document: {},
    keys: ['loss'],
    rounds: ['33% of the rows', '100% of the rows'],
    folds: 5,
    settings: [setting({ loss: '<i>' }, 0.9, { isChosen: true }), setting({ loss: 'x' }, 0.8, { failed: 1 })],
    networks: [{ repeat: 'seed=0', setting: '<i>', test: 0.8, train: 0.9, rows: 200, nonZero: 4, file: '/n/1.onnx' }],
    test: { mean: 0.8, sd: null, count: 1 },
    seconds: 4,
    commands: ['mipnet report heart-sweep-1'],
  });
  expect(page).toMatch(/<svg[^]*90\.00% ± 1\.00[^]*chosen[^]*1 without a result[^]*\/n\/1\.onnx/);
  expect(page).toContain('the repeats and 5 folds');
  expect(page).toContain('33% of the rows, 100% of the rows');
  expect(page).not.toMatch(/<b>heart|<i>/);
});

test('parallel coordinates show keys and figures; a page of 200 settings is below 5 MB', async () => {
  const page = await sweepPage(sampleSweep(200));
  expect(page).toMatch(
    /Parallel coordinates of 200 settings over loss, sparsity, workLimit, size, gap %, solver s, val/,
  );
  expect(page.length).toBeLessThan(5e6);
});
