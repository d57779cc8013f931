import { mipnetCommand } from '@mipnet/text';
import { z } from 'zod';
import { share, text } from '../../records/schema-parts.js';
import { isIncomplete } from '../incomplete.js';
import type { RunKind } from '../kind.js';
import { collectNetwork } from './collect-network.js';
import { trainAsked, trainAskedHere, type TrainAsked } from './train-asked.js';
import type { TrainReport } from './train-report.js';
import { summaryOf } from './train-summary.js';

/** From a plan to a network file. */
export const training: RunKind<TrainAsked> = {
  name: 'train',
  title: 'training',
  asked: trainAsked,
  askedHere: trainAskedHere,
  report: z.looseObject({
    network: z.looseObject({ file: text }),
    accuracy: z.looseObject({ test: share }),
    uiUrl: text.nullable(),
  }),
  stopping: 'stopping: solvers hand back what they have, which is merged (Ctrl-C again leaves at once)',
  withoutRequest: {
    refusal: 'was started by another version of mipnet, which did not note its plan; use that version',
  },
  planOf: ({ asked }) => asked.plan.name,
  keptByStop: (run) => `stops and keeps its best network: "${mipnetCommand('watch', run)}" writes it`,
  seeResult: (run, left) => (left ? `"${mipnetCommand('watch', run)}" writes its network` : 'it left no network'),
  doneText: ({ subproblems }) => (subproblems ? `${subproblems.solved}/${subproblems.total} MIPs` : ''),
  figuresOf(report) {
    const { accuracy, network } = (report ?? {}) as Partial<TrainReport>;
    return { test: accuracy?.test ?? null, file: network?.file ?? null };
  },
  async collect(ended, store, place) {
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
  async page(ended, store, report) {
    // The page's charts are slow to load, and most commands show none.
    const { reportPage } = await import('./report-page.js');
    return reportPage(store, ended, report as TrainReport);
  },
};
