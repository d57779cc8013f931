import { parallelChart } from '../charts/parallel-chart.js';
import { pageChart } from '../charts/page-chart.js';
import { csvOf, dataTable, type DataColumn } from '../page/data-table.js';
import { downloads } from '../page/download.js';
import { environmentFacts, type Environment } from '../page/environment.js';
import { html, type Html } from '../page/html.js';
import { duration, number, percent, secondsText } from '../page/numbers.js';
import { facts, page, tiles, timeText, type Section } from '../page/page.js';
import { sweepChart } from './sweep-chart.js';
import type { Figures, SweptSetting } from './swept-setting.js';

export interface SweepPage {
  readonly run: string;
  readonly status: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly name: string;
  readonly environment: Environment;
  readonly keys: readonly string[];
  /** What each round trains on, in words. */
  readonly rounds: readonly string[];
  readonly folds: number | null;
  /** Best first. */
  readonly settings: readonly SweptSetting[];
  readonly networks: readonly SweptNetwork[];
  readonly test: Figures | null;
  /** Of solvers. */
  readonly seconds: number;
  readonly commands: readonly string[];
  /** What `sweep --json` prints. */
  readonly document: object;
}

/** A network of the last round. */
export interface SweptNetwork {
  readonly repeat: string;
  readonly setting: string;
  readonly test: number | null;
  readonly train: number | null;
  readonly rows: number;
  readonly nonZero: number;
  readonly file: string;
}

const spread = (figures: Figures | null): string =>
  figures === null
    ? percent(null)
    : `${percent(figures.mean)}${figures.sd === null ? '' : ` ± ${(100 * figures.sd).toFixed(2)}`}`;

/** One self-contained HTML document about a sweep. */
export async function sweepPage(swept: SweepPage): Promise<string> {
  const { run, status, startedAt, name, settings, networks, test, seconds, commands } = swept;
  const best = settings.find(({ isChosen }) => isChosen);
  return page({
    title: run,
    badge: status,
    subtitle: `sweep of ${name}, begun ${timeText(startedAt)}`,
    head: tiles([
      [String(settings.length), 'settings'],
      [String(settings.reduce((sum, { trainings }) => sum + trainings.length, 0)), 'trainings in their last rounds'],
      ...(best === undefined ? [] : [[spread(best.validation), `validation, ${best.name}`] as const]),
      ...(test === null ? [] : [[spread(test), `test rows, ${test.count} networks`] as const]),
      [duration(seconds), 'of solvers'],
    ]),
    sections: [
      await accuracySection(swept),
      await parallelSection(swept),
      { title: 'Settings', body: settingsTable(swept) },
      networks.length === 0
        ? null
        : {
            title: 'Networks of the last round',
            body: dataTable(networkColumns, networks, { label: 'Networks of the last round' }),
          },
      {
        title: 'See it again',
        body: html`<pre>${commands.join('\n')}</pre>
          ${facts(environmentFacts(swept.environment))}`,
      },
    ],
  });
}

async function accuracySection({ settings, keys, folds }: SweepPage): Promise<Section | null> {
  const chart = sweepChart(settings, keys);
  if (chart === undefined) return null;
  const picture = await pageChart(chart, `Accuracy on validation rows of ${settings.length} settings`);
  return {
    title: 'Accuracy on validation rows',
    body: html`<div class="scroll" tabindex="0" role="region" aria-label="Accuracy on validation rows">${picture}</div>
      <p class="soft">
        Mean and standard deviation over ${folds === null ? 'the repeats' : `the repeats and ${folds} folds`}, each
        setting in the last round that it reached.
      </p>`,
  };
}

/** Of so many settings, one is drawn as one of the best. */
const bestOf = 10;

async function parallelSection({ settings, keys }: SweepPage): Promise<Section | null> {
  const known = settings.filter(({ validation }) => validation !== null);
  const ranked = known.toSorted((one, other) => other.validation!.mean - one.validation!.mean);
  const best = new Set(ranked.slice(0, Math.max(1, Math.ceil(known.length / bestOf))));
  const lines = known.map((setting) => ({
    name: setting.name,
    isBest: best.has(setting),
    values: {
      ...setting.values,
      'gap %': setting.gap && 100 * setting.gap.mean,
      'solver s': setting.seconds?.mean,
      'validation %': 100 * setting.validation!.mean,
    },
  }));
  const chart = await parallelChart(lines, [...keys, 'gap %', 'solver s', 'validation %']);
  return chart && { title: 'Parallel coordinates', body: chart };
}

const mean = (figures: Figures | null): number | null => figures?.mean ?? null;

const settingColumns: readonly DataColumn<SweptSetting>[] = [
  { title: 'setting', value: ({ name }) => name },
  {
    title: 'validation',
    value: ({ validation, failed }) => (failed > 0 ? null : mean(validation)),
    shown: ({ validation, failed }) => (failed > 0 ? `${failed} without a result` : spread(validation)),
    isNumber: true,
  },
  {
    title: 'objective',
    value: ({ objective }) => mean(objective),
    shown: ({ objective }) => number(mean(objective)),
    isNumber: true,
  },
  { title: 'gap', value: ({ gap }) => mean(gap), shown: ({ gap }) => percent(mean(gap), 1), isNumber: true },
  {
    title: 'not zero',
    value: ({ nonZero }) => mean(nonZero),
    shown: ({ nonZero }) => number(mean(nonZero)),
    isNumber: true,
  },
  {
    title: 'solver seconds',
    value: ({ seconds }) => mean(seconds),
    shown: ({ seconds }) => (seconds === null ? '' : secondsText(seconds.mean)),
    isNumber: true,
  },
  { title: 'round', value: ({ round }) => round, isNumber: true },
  {
    title: 'chosen',
    value: ({ isChosen }) => (isChosen ? 'chosen' : ''),
    shown: ({ isChosen }) => (isChosen ? 'chosen' : ''),
  },
];

function settingsTable({ run, settings, rounds, document }: SweepPage): Html {
  return html`${downloads([
      { name: `${run}-settings.csv`, type: 'text/csv', text: csvOf(settingColumns, settings) },
      { name: `${run}.json`, type: 'application/json', text: JSON.stringify(document) },
    ])}
    ${dataTable(settingColumns, settings, { label: 'Settings' })}
    <p class="soft">
      Test rows take no part in the choice.
      ${rounds.length > 1 ? `Rounds train on ${rounds.join(', ')}; only the best settings continue.` : ''}
    </p>`;
}

const networkColumns: readonly DataColumn<SweptNetwork>[] = [
  { title: 'repeat', value: ({ repeat }) => repeat, shown: ({ repeat }) => repeat },
  { title: 'setting', value: ({ setting }) => setting },
  { title: 'test', value: ({ test }) => test, shown: ({ test }) => percent(test), isNumber: true },
  { title: 'training', value: ({ train }) => train, shown: ({ train }) => percent(train), isNumber: true },
  { title: 'training rows', value: ({ rows }) => rows, isNumber: true },
  { title: 'not zero', value: ({ nonZero }) => nonZero, isNumber: true },
  { title: 'file', value: ({ file }) => file },
];
