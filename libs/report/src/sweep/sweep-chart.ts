// Tested by sweep-page.unit.test.ts.
import { percentTicks, type Chart } from '../charts/chart-svg.js';
import type { SweptSetting } from './swept-setting.js';

/** More settings cannot be read in one picture; the best ones are shown. */
const mostShown = 40;

type Shown = SweptSetting & { readonly validation: NonNullable<SweptSetting['validation']> };

/**
 * Accuracy of the settings: lines over a key of numbers, one per combination of the other keys, if there are few;
 * otherwise a row per setting, best first. Undefined without figures.
 */
export function sweepChart(settings: readonly SweptSetting[], keys: readonly string[]): Chart | undefined {
  const shown = settings.filter((setting): setting is Shown => setting.validation !== null && setting.failed === 0);
  if (shown.length === 0) return undefined;
  const inOneRound = shown.every(({ round }) => round === shown[0].round);
  const over = inOneRound ? numericKey(shown, keys) : undefined;
  return over === undefined ? dots(shown.slice(0, mostShown)) : lines(shown, keys, over);
}

/** In one picture with colours; more lines get a picture each. */
const mostLines = 12;
const mostPictures = 60;

/** The last key whose values are numbers, at least three of them, if that leaves few lines. */
function numericKey(settings: readonly Shown[], keys: readonly string[]): string | undefined {
  return keys.toReversed().find((key) => {
    const values = new Set(settings.map(({ values: own }) => own[key]));
    const numbers = [...values].map(Number);
    const isPositive = numbers.every((value) => value > 0);
    return values.size >= 3 && isPositive && settings.length / values.size <= mostPictures;
  });
}

const ends = ({ mean, sd }: Shown['validation']): { mean: number; low: number; high: number } => ({
  mean,
  low: mean - (sd ?? 0),
  high: mean + (sd ?? 0),
});

const accuracy = {
  title: 'accuracy on validation rows',
  axis: { format: percentTicks },
  scale: { zero: false },
} as const;
function lines(settings: readonly Shown[], keys: readonly string[], over: string): Chart {
  const isVaried = (key: string): boolean => new Set(settings.map(({ values: own }) => own[key])).size > 1;
  const others = keys.filter((key) => key !== over && isVaried(key));
  const nameOf = ({ values }: Shown): string =>
    others.map((key) => (key === 'variant' ? values[key] : `${key.split('.').at(-1)}=${values[key]}`)).join(', ');
  const values = settings.map((setting) => ({
    x: Number(setting.values[over]),
    line: nameOf(setting),
    chosen: setting.isChosen,
    ...ends(setting.validation),
  }));
  const x = {
    field: 'x',
    type: 'quantitative',
    title: over,
    scale: { type: 'log', nice: false },
    axis: { values: [...new Set(values.map((value) => value.x))] },
  };
  const names = [...new Set(values.map(({ line }) => line))];
  const isApart = names.length > mostLines;
  const color =
    others.length === 0 || isApart ? {} : { color: { field: 'line', type: 'nominal', title: null, sort: names } };
  // In small pictures above each other a longer title would run into the next one.
  const own = isApart ? { ...accuracy, title: 'accuracy' } : accuracy;
  const layer = [
    {
      mark: { type: 'rule', opacity: 0.5 },
      encoding: { x, y: { field: 'low', type: 'quantitative', ...own }, y2: { field: 'high' }, ...color },
    },
    {
      mark: { type: 'line', point: { size: 45 } },
      encoding: { x, y: { field: 'mean', type: 'quantitative', ...own }, ...color },
    },
  ];
  if (!isApart) return { width: 520, height: 320, data: { values }, layer } as Chart;
  return {
    data: { values },
    columns: 5,
    facet: { field: 'line', type: 'nominal', title: null, sort: names },
    spec: { width: 130, height: 110, layer },
  } as Chart;
}

function dots(settings: readonly Shown[]): Chart {
  const order = settings.map(({ name }) => name);
  const y = { field: 'name', type: 'nominal', sort: order, title: null, axis: { labelLimit: 320 } };
  const state = {
    field: 'state',
    type: 'nominal',
    title: null,
    sort: ['chosen', 'not chosen'],
    scale: { domain: ['chosen', 'not chosen'], range: ['var(--c2)', 'var(--c1)'] },
  };
  const color = settings.some(({ isChosen }) => isChosen) ? { color: state } : {};
  const named = settings.map(({ name, isChosen, validation }) => ({
    name,
    state: isChosen ? 'chosen' : 'not chosen',
    ...ends(validation),
  }));
  const each = settings.flatMap(({ name, trainings }) => trainings.map(({ validation }) => ({ name, validation })));
  return {
    width: 460,
    height: { step: 20 },
    layer: [
      {
        data: { values: each },
        mark: { type: 'tick', opacity: 0.35, color: 'var(--soft)', thickness: 1 },
        encoding: { y, x: { field: 'validation', type: 'quantitative', ...accuracy } },
      },
      {
        data: { values: named },
        mark: 'rule',
        encoding: { y, x: { field: 'low', type: 'quantitative', ...accuracy }, x2: { field: 'high' }, ...color },
      },
      {
        data: { values: named },
        mark: { type: 'point', filled: true, size: 60 },
        encoding: { y, x: { field: 'mean', type: 'quantitative', ...accuracy }, ...color },
      },
    ],
  } as Chart;
}
