// Tested by ../../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import { mipnetCommand } from '@mipnet/text';
import { basename } from 'node:path';
import { isIncomplete } from '../incomplete.js';
import type { RunKind } from '../kind.js';
import type { TrainAsked } from './train-asked.js';
import type { TrainReport } from './train-report.js';

// Everything about plans and networks is loaded on demand: it loads slowly, and many commands need none of it.

/** From a plan to a network file. */
export const training: RunKind<TrainAsked> = {
  name: 'train',
  title: 'training',
  async schemas() {
    const { trainAsked, trainAskedHere, trainedReport } = await import('./train-asked.js');
    return { asked: trainAsked, askedHere: trainAskedHere, report: trainedReport };
  },
  stopping: 'stopping: solvers return their incumbents, which are merged (Ctrl-C again leaves at once)',
  withoutRequest: {
    refusal: 'was started by another version of mipnet, which did not note its plan; use that version',
  },
  planOf: ({ asked }) => asked.plan.name,
  async detailsOf({ asked: { plan } }) {
    const { planText } = await import('@mipnet/training');
    const { name, file } = plan.dataset;
    return { dataset: file === undefined ? name : basename(file), details: `\`\`\`yaml\n${planText(plan)}\`\`\`` };
  },
  keptByStop: (run) => `stops and keeps its best network: "${mipnetCommand('watch', run)}" writes it`,
  seeResult: (run, left) => (left ? `"${mipnetCommand('watch', run)}" writes its network` : 'it left no network'),
  doneText: ({ subproblems }) => (subproblems ? `${subproblems.solved}/${subproblems.total} MIPs` : ''),
  figuresOf(report) {
    const { accuracy, network } = (report ?? {}) as Partial<TrainReport>;
    return { test: accuracy?.test ?? null, file: network?.file ?? null };
  },
  async collect(ended, store, place) {
    const { collectNetwork } = await import('./collect-network.js');
    const { summaryOf } = await import('./train-summary.js');
    const report = await collectNetwork(ended, store, place);
    const { solved } = ended;
    return {
      document: report,
      text: summaryOf(report, solved.stopped),
      report,
      warnings: [],
      incomplete: isIncomplete(solved),
    };
  },
  async page(ended, store, context) {
    const { reportPage } = await import('./report-page.js');
    return reportPage(store, ended, { ...context, report: context.report as TrainReport });
  },
};
