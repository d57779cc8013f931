import { parallelChart } from '../charts/parallel-chart.js';
import { csvOf, dataTable, type DataColumn } from '../page/data-table.js';
import { downloads } from '../page/download.js';
import { html, type Html } from '../page/html.js';
import { duration, none, number, percent } from '../page/numbers.js';
import { page, tiles, type Section } from '../page/page.js';
import { certifiedCurve, type CertifiedPoint } from '../verification/certified-curve.js';
import { compareCurves } from './compare-curves.js';
import type { ComparedRun } from './compared-run.js';
import { groupsOf, type RunGroup } from './run-groups.js';

export interface ComparePage {
  readonly runs: readonly ComparedRun[];
  /** Certified accuracy over epsilon, of the verifications. */
  readonly certified: readonly CertifiedPoint[];
  readonly command: string;
}

/** One self-contained HTML document about several runs. */
export async function comparePage({ runs, certified, command }: ComparePage): Promise<string> {
  const groups = groupsOf(runs);
  const curve = await certifiedCurve(certified);
  const curves = await compareCurves(runs);
  const best = runs.toSorted((one, other) => (judged(other) ?? -1) - (judged(one) ?? -1))[0];
  const differing = groups[0].keys;
  return page({
    title: `${runs.length} runs`,
    badge: 'comparison',
    subtitle: runs.map(({ run }) => run).join(', '),
    head: tiles([
      [String(runs.length), 'runs'],
      [String(differing.length), differing.length === 1 ? 'setting differs' : 'settings differ'],
      [percent(judged(best)), `best: ${best.run}`],
      [duration(runs.reduce((sum, { seconds }) => sum + seconds.solver, 0)), 'of solvers'],
    ]),
    sections: [
      {
        title: 'Results',
        body: html`${downloads([{ name: 'runs.csv', type: 'text/csv', text: csvOf(columnsFor(runs), runs) }])}
        ${dataTable(columnsFor(runs), runs, { label: 'Results' })}`,
      },
      groups.some(({ runs: own }) => own.length > 1) ? groupSection(groups) : null,
      differing.length === 0 ? null : { title: 'Settings that differ', body: differences(runs, differing) },
      curve && { title: 'Certified accuracy over epsilon', body: curve },
      curves && { title: 'Curves', body: curves },
      await parallelSection(runs, differing),
      { title: 'See it again', body: html`<pre>${command}</pre>` },
    ],
  });
}

/** The test rows judge; without any, validation does; of a verification, what is certified. */
const judged = ({ test, validation, certified }: ComparedRun): number | null => test ?? validation ?? certified;

function columnsFor(runs: readonly ComparedRun[]): readonly DataColumn<ComparedRun>[] {
  const share = (title: string, of: (run: ComparedRun) => number | null): DataColumn<ComparedRun> => ({
    title,
    value: of,
    shown: (run) => percent(of(run)),
    isNumber: true,
  });
  const plain = (title: string, of: (run: ComparedRun) => number | null): DataColumn<ComparedRun> => ({
    title,
    value: of,
    shown: (run) => number(of(run)),
    isNumber: true,
  });
  const figures: readonly DataColumn<ComparedRun>[] = [
    share('test', ({ test }) => test),
    share('validation', ({ validation }) => validation),
    share('training', ({ train }) => train),
    share('certified', ({ certified }) => certified),
    plain('objective', ({ objective }) => objective),
    plain('bound', ({ bound }) => bound),
    share('gap', ({ gap }) => gap),
    plain('not zero', ({ nonZero }) => nonZero),
    plain('MIPs', ({ mips }) => mips),
    plain('solver seconds', ({ seconds }) => Number(seconds.solver.toFixed(2))),
    plain('wall seconds', ({ seconds }) => Number(seconds.wall.toFixed(1))),
  ];
  return [
    { title: 'run', value: ({ run }) => run },
    { title: 'status', value: ({ status }) => status },
    ...figures.filter(({ value }) => runs.some((run) => value(run) !== null)),
  ];
}

function groupSection(groups: readonly RunGroup[]): Section {
  const spread = (figures: RunGroup['test']): string =>
    figures === null
      ? none
      : `${percent(figures.mean)}${figures.sd === null ? '' : ` ± ${(100 * figures.sd).toFixed(2)}`}`;
  return {
    title: 'Mean and spread',
    body: html`${dataTable<RunGroup>(
        [
          { title: 'settings', value: ({ name }) => name },
          { title: 'runs', value: ({ runs }) => runs.length, isNumber: true },
          { title: 'test', value: ({ test }) => test?.mean ?? null, shown: ({ test }) => spread(test), isNumber: true },
          {
            title: 'validation',
            value: ({ validation }) => validation?.mean ?? null,
            shown: ({ validation }) => spread(validation),
            isNumber: true,
          },
          {
            title: 'solver seconds',
            value: ({ seconds }) => seconds?.mean ?? null,
            shown: ({ seconds }) =>
              seconds === null
                ? none
                : `${seconds.mean.toFixed(2)}${seconds.sd === null ? '' : ` ± ${seconds.sd.toFixed(2)}`}`,
            isNumber: true,
          },
        ],
        groups,
        { label: 'Mean and spread' },
      )}
      <p class="soft">Runs that differ in their seeds alone form a group: mean ± standard deviation.</p>`,
  };
}

const differences = (runs: readonly ComparedRun[], keys: readonly string[]): Html =>
  dataTable<ComparedRun>(
    [
      { title: 'run', value: ({ run }) => run },
      ...keys.map((key): DataColumn<ComparedRun> => ({
        title: key,
        value: ({ settings }) => settings[key] ?? '',
        shown: ({ settings }) => settings[key] ?? none,
      })),
    ],
    runs,
    { label: 'Settings that differ' },
  );

async function parallelSection(runs: readonly ComparedRun[], keys: readonly string[]): Promise<Section | null> {
  if (runs.length < 3) return null;
  const inHundredths = (value: number | null): number | null => (value === null ? null : 100 * value);
  const top = Math.max(...runs.map((run) => judged(run) ?? -1));
  const lines = runs.map((run) => ({
    name: run.run,
    isBest: judged(run) === top,
    values: {
      ...run.settings,
      'gap %': inHundredths(run.gap),
      'solver s': run.seconds.solver,
      'accuracy %': inHundredths(judged(run)),
    },
  }));
  const chart = await parallelChart(lines, [...keys.slice(0, 7), 'gap %', 'solver s', 'accuracy %']);
  return chart && { title: 'Parallel coordinates', body: chart };
}
