import { mipnetCommand } from '@mipnet/text';
import { processOf, type DataFolder } from '../records/run-folder.js';
import { RunError } from '../run-error.js';
import { canRevive, type KnownRun } from './known-run.js';

/** Says in one sentence why there is nobody to talk to about a run that has not ended. @throws RunError 'bad-input' */
export async function refuseAbsent(paths: DataFolder, known: KnownRun): Promise<never> {
  const { run, status, record } = known;
  const refuse = (why: string): RunError => new RunError('bad-input', `${run} ${why}`);
  if (status === 'running' && record?.server === null) {
    throw refuse(
      `is driven by process ${await processOf(paths, run)} alone (--engine local); it shows its progress ` +
        'in its own terminal, where Ctrl-C stops it and keeps the best',
    );
  }
  if (status === 'lost') {
    if (await canRevive(paths, known))
      throw refuse(`is lost: its process died; go on with it by "${mipnetCommand('resume', run)}"`);
    throw refuse(
      `is lost: its process or its server's memory of it is gone, and there is nothing to go on from; start it again`,
    );
  }
  if (record?.server?.kind === 'kept')
    throw refuse(`is on the stack of "mipnet up", which is down; it continues after "${mipnetCommand('up')}"`);
  throw refuse(
    `is on the Temporal server ${record?.server?.address}, which cannot be had now; set TEMPORAL_ADDRESS ` +
      '(and what it needs) as when the run was started',
  );
}
