// Tested by ../../../../../apps/cli/src/e2e/sweep.e2e.test.ts.
import { mipnetCommand } from '@mipnet/text';
import { basename } from 'node:path';
import { markdownTable } from '../markdown-table.js';
import { isIncomplete } from '../incomplete.js';
import type { RunKind } from '../kind.js';
import type { SweepAsked } from './sweep-asked.js';
import type { SweepReport } from './sweep-report.js';

// Everything about plans and networks is loaded on demand: it loads slowly, and many commands need none of it.

/** One plan with many settings: what is best on validation rows, trained on all training rows. */
export const sweep: RunKind<SweepAsked> = {
  name: 'sweep',
  title: 'sweep',
  async schemas() {
    const { sweepAsked, sweepAskedHere, sweptReport } = await import('./sweep-asked.js');
    return { asked: sweepAsked, askedHere: sweepAskedHere, report: sweptReport };
  },
  stopping: 'stopping: the trainings so far are kept (Ctrl-C again leaves at once)',
  withoutRequest: {
    refusal: 'was started by another version of mipnet, which did not note what it sweeps; use that version',
  },
  planOf: ({ asked }) => `${asked.name}-sweep`,
  async detailsOf({ asked: { keys, repeated, settings, repeats, dataset } }) {
    const rows = [
      ['settings', String(settings)],
      ['varied', keys.join(', ')],
      ['repeats', `${repeats}${repeated.length === 0 ? '' : ` (${repeated.join(', ')})`}`],
    ];
    const file = dataset?.file === undefined ? dataset?.name : basename(dataset.file);
    return { dataset: file, details: markdownTable(rows) };
  },
  keptByStop: (run) => `stops and keeps its trainings so far: "${mipnetCommand('watch', run)}" prints them`,
  seeResult: (run) => `"${mipnetCommand('watch', run)}" prints its settings`,
  doneText: ({ subproblems }) => (subproblems ? `${subproblems.solved}/${subproblems.total} MIPs` : ''),
  figuresOf(report) {
    const { final } = (report ?? {}) as Partial<SweepReport>;
    return { test: final?.test?.mean ?? null, file: final?.networks.length === 1 ? final.networks[0].file : null };
  },
  async collect(ended, store, place) {
    const { collectSweep, unchosen } = await import('./collect-sweep.js');
    const report = await collectSweep(ended, store, place);
    const { sweepSummary } = await import('./sweep-summary.js');
    return {
      document: report,
      text: sweepSummary(report, ended.solved.stopped),
      report,
      warnings: unchosen(report, ended.solved.stopped),
      incomplete: isIncomplete(ended.solved) || report.settings.some(({ failed }) => failed > 0),
    };
  },
  async page(ended, _, { report, environment }) {
    const { sweepReportPage } = await import('./sweep-page.js');
    return sweepReportPage(ended, report as SweepReport, environment);
  },
};
