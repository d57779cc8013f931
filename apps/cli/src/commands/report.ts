// Tested by ../e2e/verify.e2e.test.ts.
import { dirname, join } from 'node:path';
import { openAnyStore } from '@mipnet/activities';
import { collectRun, placeOf, refuseAbsent, requestOf, RunBook } from '@mipnet/runs';
import { runFolder } from '@mipnet/runs/records';
import { makePrivate, mipnetPaths, privateFile, writeWhole } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';

/** `mipnet report RUN`: writes a page about a run that has ended and prints its path. */
export async function report(name: string, options: { readonly out?: string }): Promise<number> {
  const given = options.out === undefined ? undefined : await checkOut(options.out, 'report.html');
  const paths = mipnetPaths();
  const book = new RunBook(paths, say);
  try {
    const known = await book.find(name);
    const { run, kind, end, status } = known;
    if (!end && !known.server) await refuseAbsent(paths, known);
    if (!end)
      throw new CliError(
        'bad-input',
        `${run} has not ended (${status}); "${mipnetCommand('watch', run)}" waits for it, ` +
          `"${mipnetCommand('stop', run)}" ends it`,
      );
    if (!end.solved?.incumbent)
      throw new CliError(
        'bad-input',
        `${run} left nothing to report on (${status}${end.message === undefined ? '' : `: ${end.message}`})`,
      );
    const request = requestOf(known);
    const ended = { request, server: placeOf(known), uiUrl: null, solved: end.solved, endedAt: end.at };
    const collected = await collectRun(paths, ended);
    const html = await kind.page(ended, await openAnyStore(request.storeUrl), collected.report);
    const file = given ?? join(runFolder(paths, run), 'report.html');
    await makePrivate(dirname(file));
    await writeWhole(file, html, given === undefined ? privateFile : undefined);
    process.stdout.write(`${file}\n`);
    return exitCode.done;
  } finally {
    await book.close();
  }
}
