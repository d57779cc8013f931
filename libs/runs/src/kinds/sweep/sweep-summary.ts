// Tested by sweep-report.unit.test.ts.
import { markdownTable } from '@mipnet/report';
import type { Spread } from '@mipnet/sweep';
import { durationText, mipnetCommand } from '@mipnet/text';
import type { SettingReport, SweepReport } from './sweep-report.js';

const percentText = (spread: Spread | null): string => {
  if (spread === null) return '';
  const percent = (value: number): string => (100 * value).toFixed(2);
  return `${percent(spread.mean)}%${spread.sd === null ? '' : ` +- ${percent(spread.sd)}`}`;
};

/** More rows fill the screen; --json has them all. */
const mostRows = 60;

/** The settings, best first; those that failed come last. */
export const byRank = (settings: readonly SettingReport[]): readonly SettingReport[] =>
  settings
    .map((setting, at) => ({ setting, at }))
    .sort(
      (one, other) =>
        other.setting.round - one.setting.round ||
        (other.setting.validation?.mean ?? -1) - (one.setting.validation?.mean ?? -1) ||
        one.at - other.at,
    )
    .map(({ setting }) => setting);

/** A report for a person to read. */
export function sweepSummary(report: SweepReport, stopped: boolean): string {
  const { settings, halving, final, subproblems, seconds, run, folds, repeats } = report;
  const rounds = halving.scales.length;
  const isDivided = new Set(repeats.map(({ division }) => division)).size > 1;
  const text = (spread: Spread | null, digits: number): string => spread?.mean.toFixed(digits) ?? '';
  const ranked = byRank(settings);
  const table = markdownTable(
    [
      { title: 'setting', cell: ({ name }: SettingReport) => name },
      {
        title: folds === null ? 'validation' : `validation (${folds} folds)`,
        cell: ({ validation, failed, trainings }) =>
          failed > 0 ? `${failed} of ${trainings} without a result` : percentText(validation),
      },
      { title: 'objective', cell: ({ objective }) => text(objective, 3) },
      { title: 'gap', cell: ({ gap }) => (gap === null ? '' : `${(100 * gap.mean).toFixed(1)}%`) },
      { title: 'not zero', cell: ({ nonZero }) => text(nonZero, 0) },
      { title: 'seconds', cell: ({ seconds: spent }) => text(spent, 1) },
      ...(rounds > 1 ? [{ title: 'round', cell: ({ round }: SettingReport) => `${round} of ${rounds}` }] : []),
      ...(final === null
        ? []
        : [
            {
              title: 'chosen',
              cell: ({ chosen }: SettingReport) => (chosen === 0 ? '' : isDivided ? `${chosen} times` : 'yes'),
            },
          ]),
    ],
    ranked.slice(0, mostRows),
  );
  const left = ranked.length - mostRows;
  const lines = [
    ...(left > 0 ? [`... and ${left} more settings (--json has them all)`] : []),
    '',
    ...finalLines(report),
    `subproblems  ${subproblems.total}: ${subproblems.failed} failed, ${subproblems.reused} taken from earlier solves` +
      (subproblems.unfinished > 0 ? `, ${subproblems.unfinished} not ended` : ''),
    `time         ${durationText(seconds.wall)} (solvers ${seconds.solver.toFixed(1)} s, merging ${seconds.merge.toFixed(1)} s)`,
    `run          ${run}`,
    `report       ${mipnetCommand('report', run)}`,
  ];
  return `${stopped ? 'stopped early; these are the results so far\n' : ''}${table}${lines.join('\n')}\n`;
}

function finalLines({ final, settings, chosen }: SweepReport): string[] {
  if (final === null) return ['final        none: the file of the sweep says final: none'];
  if (final.networks.length === 0)
    return [
      `final        none: ${chosen.length === 0 ? 'the last round was not reached' : 'no setting has a result on all repeats'}`,
    ];
  const percent = (value: number | null): string => (value === null ? 'none' : `${(100 * value).toFixed(2)}%`);
  const [first] = final.networks;
  return [
    `final        ${first.rows.test === 0 ? 'no test rows' : `${percentText(final.test)} on the test rows`}, over ` +
      `${final.networks.length} network${final.networks.length === 1 ? '' : 's'} trained on all training rows`,
    ...final.networks.map(
      ({ name, setting, accuracy, rows, file }) =>
        `  ${[name, settings[setting].name].filter((word) => word !== '').join(': ')}: ${percent(accuracy.test)} of ` +
        `${rows.test} test rows, ${rows.train} training rows, ${file}`,
    ),
  ];
}
