// Tested by ../e2e/runs.e2e.test.ts.
import {
  canRevive,
  collectRun,
  recordOrWatched,
  refuseAbsent,
  refuseOut,
  requestOf,
  reviveRun,
  withOpenRun,
} from '@mipnet/runs';
import { writeRecord, type RunRecord } from '@mipnet/runs/records';
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand, plainJson, plainText } from '@mipnet/text';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { printCollected } from '../terminal/print-collected.js';
import { say } from '../terminal/say.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface ResumeOptions {
  readonly out?: string;
  readonly json?: boolean;
  readonly slots: number;
  // Of `resume --from` alone.
  readonly set: readonly string[];
  readonly detach?: boolean;
  readonly priority?: number;
}

/**
 * `mipnet resume RUN`: continues a paused run, or one whose process died; then this process owns the run, like `train`.
 */
export async function resume(name: string, options: ResumeOptions): Promise<number> {
  refuseMisplaced(options);
  const { json, slots } = options;
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  const paths = mipnetPaths();
  const lost = await withOpenRun(name, say, async (known): Promise<RunRecord | undefined> => {
    if (out !== undefined) refuseOut(known);
    if (await canRevive(paths, known)) return known.record;
    const server = known.server ?? (await refuseAbsent(paths, known));
    // The command that collects the network later writes it there.
    if (out !== undefined)
      await writeRecord(paths, { ...(await recordOrWatched(paths, requestOf(known), server.place)), out });
    await server.tell(known.run, 'resume');
    const where = out === undefined ? '' : `; "${mipnetCommand('watch', known.run)}" writes its network to ${out}`;
    if (json) process.stdout.write(plainJson({ run: known.run, status: 'running', out: out ?? null }));
    else
      process.stdout.write(
        plainText(`${known.run} ${known.status === 'paused' ? 'continues' : 'is running'}${where}\n`),
      );
    return undefined;
  });
  if (!lost) return exitCode.done;
  const watcher = watchFromTerminal('left; the run can be resumed again');
  try {
    return await reviveRun(lost, { slots, out }, watcher, async (ended) =>
      printCollected(await collectRun(paths, ended, out), json, watcher.say),
    );
  } finally {
    watcher.close();
  }
}

function refuseMisplaced({ detach, set, priority }: ResumeOptions): void {
  const misplaced = detach ? 'detach' : set.length > 0 ? 'set' : priority !== undefined ? 'priority' : undefined;
  if (misplaced === undefined) return;
  throw new CliError(
    'bad-input',
    `--${misplaced} belongs to --from: a run that continues keeps its plan and its engine`,
  );
}
