// Tested by ../../../../../apps/cli/src/e2e/sweep.e2e.test.ts.
import { sweepPage } from '@mipnet/report';
import { mipnetCommandAnywhere } from '@mipnet/text';
import { pageEnvironment } from '../page-environment.js';
import { endOf, type EndedRun, type RunEnvironment } from '../../records/run-request.js';
import type { SweepAsked } from './sweep-asked.js';
import type { SweepReport } from './sweep-report.js';
import { byRank } from './sweep-summary.js';

/** The page of a sweep that has ended. */
export function sweepReportPage(
  { request: { run, startedAt }, server, solved, endedAt }: EndedRun<SweepAsked>,
  report: SweepReport,
  environment?: RunEnvironment,
): Promise<string> {
  const { settings, runs, repeats, final, halving, folds, keys, seconds } = report;
  return sweepPage({
    run,
    status: endOf(solved, endedAt).status,
    startedAt,
    name: report.name,
    environment: pageEnvironment(environment, server, solved, `${report.name}-sweep`),
    document: report,
    keys,
    rounds: halving.scales.map((scale) => `${(100 * scale).toFixed(scale < 0.1 ? 1 : 0)}% of the ${halving.by}`),
    folds,
    settings: byRank(settings).map((setting) => ({
      ...setting,
      isChosen: setting.chosen > 0,
      trainings: runs
        .filter((each) => settings[each.setting] === setting && each.round === setting.round)
        .flatMap(({ validation, repeat }) =>
          validation === null ? [] : [{ validation, repeat: repeats[repeat].name }],
        ),
    })),
    networks: (final?.networks ?? []).map(({ name, setting, accuracy, rows, file, nonZero }) => ({
      repeat: name,
      setting: settings[setting].name,
      test: accuracy.test,
      train: accuracy.train,
      rows: rows.train,
      nonZero,
      file,
    })),
    test: final?.test ?? null,
    seconds: seconds.solver,
    commands: [
      mipnetCommandAnywhere('watch', run, '--json'),
      ...(final?.networks.slice(0, 1).map(({ file }) => mipnetCommandAnywhere('evaluate', file, '--json')) ?? []),
      mipnetCommandAnywhere('report', run),
    ],
  });
}
