import { join, sep } from 'node:path';
import { openDataset } from '@mipnet/dataset';
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, type Solved } from '@mipnet/recursion';
import { privateFile } from '@mipnet/stack/folders';
import { getIncumbent, getProblem } from '@mipnet/training';
import { writeNetwork } from '../../records/network-file.js';
import type { EndedRun } from '../../records/run-request.js';
import { RunError } from '../../run-error.js';
import type { CollectPlace } from '../kind.js';
import type { TrainAsked } from './train-asked.js';
import { trainReport, type TrainReport } from './train-report.js';

/**
 * Writes the network file of a training that has ended and computes the report from it. The file goes where it was asked
 * for, else where an earlier collection put it, else into mipnet's own folder.
 * @throws RunError 'failed' for a training that has no network
 */
export async function collectNetwork(
  ended: EndedRun<TrainAsked>,
  store: ObjectStore,
  { data, out, earlier }: CollectPlace,
): Promise<TrainReport> {
  const { request, solved } = ended;
  if (!solved.incumbent) throw withoutNetwork(solved);
  const { plan, origin } = request.asked;
  const { network } = await getIncumbent(store, solved.incumbent);
  const { dataset } = await getProblem(store, request.node.problem);
  const { name, classes } = await openDataset(store, dataset);
  const before = earlier as TrainReport | undefined;
  const file = out ?? before?.network.file ?? join(data, 'networks', `${request.run}.onnx`);
  const metadata = { name: plan.name, dataset: name, classes: classes.join(','), ...origin };
  await writeNetwork(file, { ...network, metadata }, file.startsWith(join(data, sep)) ? privateFile : undefined);
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
