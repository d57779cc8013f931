// Tested by ../../../../../apps/cli/src/e2e/sweep.e2e.test.ts and sweep.unit.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { getResult, getSweep } from '@mipnet/sweep';
import type { EndedRun } from '../../records/run-request.js';
import { RunError } from '../../run-error.js';
import type { CollectPlace } from '../kind.js';
import { finalNetworks } from './final-networks.js';
import type { SweepAsked } from './sweep-asked.js';
import { sweepReport, type SweepReport } from './sweep-report.js';
import { sweepRuns } from './sweep-runs.js';

export async function collectSweep(
  ended: EndedRun<SweepAsked>,
  store: ObjectStore,
  { data, out }: CollectPlace,
): Promise<SweepReport> {
  const { request, solved } = ended;
  if (!solved.incumbent) throw new RunError('failed', 'the sweep was stopped before it had a result');
  const [problem, result] = [await getSweep(store, request.node.problem), await getResult(store, solved.incumbent)];
  const runs = await sweepRuns(store, solved, result);
  const networks = await finalNetworks(store, solved, { sweep: problem, result }, { run: request.run, data, out });
  return sweepReport(ended, { sweep: problem, result, runs, networks });
}

/** Settings that take no part in the choice. */
export function unchosen({ settings }: SweepReport, stopped: boolean): string[] {
  if (stopped) return [];
  return settings
    .filter(({ failed }) => failed > 0)
    .map(
      ({ name, failed, trainings }) =>
        `the setting ${name} is not compared: ${failed} of its ${trainings} trainings ` +
        `${failed === 1 ? 'has' : 'have'} no result; the other settings count`,
    );
}
