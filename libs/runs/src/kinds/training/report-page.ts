// Tested by ../../../../../apps/cli/src/e2e/pasted-commands.e2e.test.ts.
import { openDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import { coversText } from '@mipnet/recursion';
import { pictureShape, trainPage } from '@mipnet/report';
import { privateFile, writeWhole } from '@mipnet/stack/folders';
import { mipnetCommandAnywhere } from '@mipnet/text';
import { getProblem, planText, type Plan } from '@mipnet/training';
import { join } from 'node:path';
import { readNetworkFile } from '../../records/network-file.js';
import { endOf, type EndedRun } from '../../records/run-request.js';
import type { PageContext } from '../kind.js';
import { pageEnvironment } from '../page-environment.js';
import { worstMistakes } from './worst-mistakes.js';
import { decidingNeurons } from './neuron-names.js';
import { roundPoints } from './round-points.js';
import { subproblemRows } from './subproblem-rows.js';
import type { TrainAsked } from './train-asked.js';
import type { TrainReport } from './train-report.js';

/** The page of a training that has ended and whose network has been written. */
export async function reportPage(
  store: ObjectStore,
  { request, server, solved, endedAt }: EndedRun<TrainAsked>,
  { report, environment, folder }: PageContext & { readonly report: TrainReport },
): Promise<string> {
  const { run, node, startedAt } = request;
  const { plan, dataFolder } = request.asked;
  const { network, bytes } = await readNetworkFile(report.network.file);
  const problem = await getProblem(store, node.problem);
  const dataset = await openDataset(store, problem.dataset);
  const { classes } = dataset;
  const began = Date.parse(startedAt);
  const { rows, leftOff } = await subproblemRows(store, solved, began);
  const planFile = join(folder, 'plan.yaml');
  await writeWhole(planFile, planText(plan), privateFile);
  const { mistakes, errors } = await worstMistakes(store, dataset, { network, bytes });
  return trainPage({
    ...report,
    covers: report.covers ? coversText(report.covers) : null,
    run,
    status: endOf(solved, endedAt).status,
    startedAt,
    environment: pageEnvironment(environment, server, solved, plan.name),
    dataset: { ...report.dataset, picture: dataset.train.columns ? undefined : pictureShape(dataset.inputShape) },
    weights: network,
    rows,
    rowsLeftOff: leftOff,
    rounds: await roundPoints(store, solved, began),
    plan: planText(plan),
    neurons: pictureNames(plan, classes),
    // What decides comes first.
    columns: report.neurons?.toSorted((one, other) => Number(one.hidden) - Number(other.hidden)),
    confusion: report.test && { classes, counts: report.test.confusion.flat() },
    mistakes,
    errors,
    repeat: mipnetCommandAnywhere(
      'train',
      planFile,
      ...(dataFolder === undefined ? [] : ['--data', dataFolder]),
      ...(server === null ? ['--engine', 'local'] : []),
      ...(environment === undefined ? [] : ['--slots', String(environment.slots)]),
    ),
    commands: [
      mipnetCommandAnywhere('evaluate', report.network.file, '--json'),
      mipnetCommandAnywhere('watch', run, '--json'),
      mipnetCommandAnywhere('report', run),
    ],
    document: report,
  });
}

/** The pictures are those of the first layer: they have names if it decides. */
function pictureNames(plan: Plan, classes: readonly string[]): readonly string[] | undefined {
  const isOnly = plan.network.filter((layer) => 'dense' in layer || 'conv' in layer).length === 1;
  return isOnly ? decidingNeurons(plan, classes).names : undefined;
}
