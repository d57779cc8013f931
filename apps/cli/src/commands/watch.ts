import { openAnyStore } from '@mipnet/activities';
import {
  collectRun,
  endOf,
  isIncomplete,
  placeOf,
  refuseAbsent,
  refuseOut,
  requestOf,
  RunBook,
  watchStore,
  whenStoreAnswers,
} from '@mipnet/runs';
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { printCollected } from '../terminal/print-collected.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface WatchOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** `mipnet watch RUN`: the live progress of any run, and at its end the output of the command that started it. */
export async function watch(name: string, { json, ...options }: WatchOptions): Promise<number> {
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  const paths = mipnetPaths();
  const watcher = watchFromTerminal(`left watching; the run continues ("${mipnetCommand('stop', name)}" stops it)`);
  const { say, show } = watcher;
  const book = new RunBook(paths, say);
  try {
    const known = await book.find(name);
    if (out !== undefined) refuseOut(known);
    const { run, kind } = known;
    const { ended: endedUnknown } = kind.withoutRequest;
    const request = known.request === undefined && endedUnknown !== undefined ? undefined : requestOf(known);
    let { end } = known;
    if (end === undefined) {
      const server = known.server ?? (await refuseAbsent(paths, known));
      say(`watching ${run}${server.uiUrlOf(run) ? ` (${server.uiUrlOf(run)})` : ''}`);
      const runsPage = known.request && (await server.runsPageOf(kind.planOf(known.request)));
      if (runsPage) say(`runs of this plan: ${runsPage}`);
      const watching = request && watchStore(await openAnyStore(request.storeUrl), say);
      const solved = await server.watch(run, { onProgress: show }).finally(() => watching?.end());
      watcher.showEnd();
      end = endOf(solved, new Date().toISOString());
    }
    const { solved, at: endedAt, message } = end;
    if (solved === undefined) throw new CliError('failed', `${run} failed: ${message ?? 'no reason is known'}`);
    if (request === undefined) {
      process.stdout.write(`${run} ${endedUnknown}\n`);
      return isIncomplete(solved) ? exitCode.incomplete : exitCode.done;
    }
    const ended = { request, server: placeOf(known), uiUrl: known.server?.uiUrlOf(run) ?? null, solved, endedAt };
    return await whenStoreAnswers(async () => printCollected(await collectRun(paths, ended, out), json, say), say);
  } finally {
    watcher.showEnd();
    await book.close();
    watcher.close();
  }
}
