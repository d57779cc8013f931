// Tested by ../../../../../apps/cli/src/e2e/pasted-commands.e2e.test.ts.
import { openDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import { trainPage } from '@mipnet/report';
import { getProblem, planText, readTraces, type Plan } from '@mipnet/training';
import { readNetwork } from '../../records/network-file.js';
import { endOf, type EndedRun } from '../../records/run-request.js';
import type { TrainAsked } from './train-asked.js';
import { decidingNeurons } from './neuron-names.js';
import type { TrainReport } from './train-report.js';
import { coversText } from '@mipnet/recursion';
import { subproblemRows } from './subproblem-rows.js';
import { mipnetCommandAnywhere } from '@mipnet/text';

/** The page of a training that has ended and whose network has been written. */
export async function reportPage(
  store: ObjectStore,
  { request, solved, endedAt }: EndedRun<TrainAsked>,
  report: TrainReport,
): Promise<string> {
  const { run, node, startedAt } = request;
  const { plan } = request.asked;
  const weights = await readNetwork(report.network.file);
  const { dataset: manifest } = await getProblem(store, node.problem);
  const { classes } = await openDataset(store, manifest);
  const rounds = await readTraces(store, solved);
  const { rows, leftOff } = await subproblemRows(store, solved);
  return trainPage({
    ...report,
    covers: report.covers ? coversText(report.covers) : null,
    run,
    status: endOf(solved, endedAt).status,
    startedAt,
    weights,
    rows,
    rowsLeftOff: leftOff,
    // The rounds that build hidden layers have objectives of their own, and no accuracy.
    rounds: rounds.filter(({ accuracy }) => accuracy.train !== null),
    plan: planText(plan),
    neurons: pictureNames(plan, classes),
    // What decides comes first.
    columns: report.neurons?.toSorted((one, other) => Number(one.hidden) - Number(other.hidden)),
    confusion: report.test && { classes, counts: report.test.confusion.flat() },
    commands: [
      mipnetCommandAnywhere('evaluate', report.network.file, '--json'),
      mipnetCommandAnywhere('watch', run, '--json'),
      mipnetCommandAnywhere('report', run),
    ],
  });
}

/** The pictures are those of the first layer: they have names if it decides. */
function pictureNames(plan: Plan, classes: readonly string[]): readonly string[] | undefined {
  const isOnly = plan.network.filter((layer) => 'dense' in layer || 'conv' in layer).length === 1;
  return isOnly ? decidingNeurons(plan, classes).names : undefined;
}
