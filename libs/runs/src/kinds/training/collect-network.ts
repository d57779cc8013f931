// Tested by ../../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, type Solved } from '@mipnet/recursion';
import { getIncumbent, getProblem } from '@mipnet/training';
import { join } from 'node:path';
import type { EndedRun } from '../../records/run-request.js';
import { RunError } from '../../run-error.js';
import type { CollectPlace } from '../kind.js';
import type { TrainAsked } from './train-asked.js';
import { trainReport, type TrainReport } from './train-report.js';
import { writeTrained } from './write-trained.js';

/**
 * Writes the network file of a training that has ended and computes the report from it. The file is written to the
 * requested path, otherwise to that of an earlier collection, otherwise into mipnet's own folder.
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
  const before = earlier as TrainReport | undefined;
  const file = out ?? before?.network.file ?? join(data, 'networks', `${request.run}.onnx`);
  await writeTrained(store, { network, dataset, name: plan.name, origin }, { file, data });
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
