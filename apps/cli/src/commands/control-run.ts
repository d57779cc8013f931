import { refuseAbsent, withOpenRun, type KnownRun } from '@mipnet/runs';
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';

/** `mipnet pause RUN`: no new MIP goes into the queue; those in the queue finish. */
export const pause = (name: string): Promise<number> =>
  tell(
    name,
    'pause',
    ({ run }) => `is paused: no new MIPs are queued until "${mipnetCommand('resume', run)}"; those in the queue finish`,
  );

/** `mipnet stop RUN`: solvers return their incumbents, which are merged and kept. */
export const stop = (name: string): Promise<number> =>
  tell(name, 'stop', ({ run, kind, request }) => kind.keptByStop(run, request));

const tell = (name: string, what: 'pause' | 'stop', said: (known: KnownRun) => string): Promise<number> =>
  withOpenRun(name, say, async (known) => {
    await (known.server ?? (await refuseAbsent(mipnetPaths(), known))).tell(known.run, what);
    process.stdout.write(`${known.run} ${said(known)}\n`);
    return exitCode.done;
  });
