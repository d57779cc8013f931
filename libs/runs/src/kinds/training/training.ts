// Tested by ../../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import { openDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, type Solved } from '@mipnet/recursion';
import { privateFile } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { fileNetwork, getIncumbent, getProblem } from '@mipnet/training';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { classMetadata } from '../../records/class-metadata.js';
import { writeNetwork } from '../../records/network-file.js';
import type { EndedRun } from '../../records/run-request.js';
import { share, text } from '../../records/schema-parts.js';
import { RunError } from '../../run-error.js';
import { isIncomplete } from '../incomplete.js';
import type { CollectPlace, RunKind } from '../kind.js';
import { trainAsked, trainAskedHere, type TrainAsked } from './train-asked.js';
import { trainReport, type TrainReport } from './train-report.js';
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
  stopping: 'stopping: solvers return their incumbents, which are merged (Ctrl-C again leaves at once)',
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
    // Loaded on demand: the page's charts load slowly, and most commands show none.
    const { reportPage } = await import('./report-page.js');
    return reportPage(store, ended, report as TrainReport);
  },
};

/**
 * Writes the network file of a training that has ended and computes the report from it. The file is written to the
 * requested path, otherwise to that of an earlier collection, otherwise into mipnet's own folder.
 * @throws RunError 'failed' for a training that has no network
 */
async function collectNetwork(
  ended: EndedRun<TrainAsked>,
  store: ObjectStore,
  { data, out, earlier }: CollectPlace,
): Promise<TrainReport> {
  const { request, solved } = ended;
  if (!solved.incumbent) throw withoutNetwork(solved);
  const { plan, origin } = request.asked;
  const { network } = await getIncumbent(store, solved.incumbent);
  const { dataset } = await getProblem(store, request.node.problem);
  const { name, classes, train } = await openDataset(store, dataset);
  const before = earlier as TrainReport | undefined;
  const file = out ?? before?.network.file ?? join(data, 'networks', `${request.run}.onnx`);
  const whole = fileNetwork(network, train.columns);
  const metadata = { name: plan.name, dataset: name, ...classMetadata(whole, classes), ...origin };
  await writeNetwork(file, { ...whole, metadata }, file.startsWith(join(data, sep)) ? privateFile : undefined);
  return trainReport(store, { ...ended, uiUrl: ended.uiUrl ?? before?.uiUrl ?? null }, file);
}

function withoutNetwork({ leaves, failures = [], stopped }: Solved): RunError {
  if (stopped)
    return new RunError('failed', 'the run was stopped before the first MIP had a solution, so there is no network');
  const [first] = failures;
  const why = first === undefined ? 'the logs of the workers say why' : `${first.name}: ${first.why}`;
  return new RunError(
    'failed',
    `no usable network: ${countLeaves(leaves)} MIPs ended, ${leaves.failed} of them failed; ${why}`,
  );
}
