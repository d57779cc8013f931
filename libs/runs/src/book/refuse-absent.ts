import { mipnetCommand } from '@mipnet/text';
import { processOf, type DataFolder } from '../records/run-folder.js';
import { RunError } from '../run-error.js';
import { canRevive, type KnownRun } from './known-run.js';

/** Explains in one sentence why nothing answers for a run that has not ended. @throws RunError 'bad-input' */
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
      throw refuse(`is lost: its process died; continue it with "${mipnetCommand('resume', run)}"`);
    throw refuse(
      `is lost: its process or its server's memory of it is gone, and there is nothing to continue from; ` +
        'start it again',
    );
  }
  if (record?.server?.kind === 'kept')
    throw refuse(`is on the kept stack, which is down; it continues after "${mipnetCommand('up')}"`);
  throw refuse(
    `is on the Temporal server ${record?.server?.address}, which does not answer; set TEMPORAL_ADDRESS ` +
      '(and what it needs) as when the run was started',
  );
}
