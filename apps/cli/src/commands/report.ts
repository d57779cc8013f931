import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openAnyStore } from '@mipnet/activities';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { mipnetPaths, makePrivate, privateFile } from '@mipnet/stack/folders';
import { collectRun } from '../runs/collect-run.js';
import { reportPage } from '../runs/report-page.js';
import { refuseAbsent } from '../runs/refuse-absent.js';
import { RunBook } from '../runs/run-book.js';
import { runFolder } from '../runs/run-record.js';
import { verificationPage } from '../runs/verification-end.js';
import { requestOf } from './watch.js';
import { say } from '../terminal/say.js';
import { checkOut } from './write-network.js';
import { mipnetCommand } from '@mipnet/text';

/** `mipnet report RUN`: writes a page about a run that has ended and prints its path. */
export async function report(name: string, options: { readonly out?: string }): Promise<number> {
  const given = options.out === undefined ? undefined : await checkOut(options.out, 'report.html');
  const paths = mipnetPaths();
  const book = new RunBook(paths, say);
  try {
    const known = await book.find(name);
    const { run, end, status } = known;
    if (!end && !known.server) await refuseAbsent(paths, known);
    if (!end)
      throw new CliError(
        'bad-input',
        `${run} has not ended (${status}); "${mipnetCommand('watch', run)}" waits for it, "${mipnetCommand('stop', run)}" ends it`,
      );
    if (!end.solved?.incumbent)
      throw new CliError(
        'bad-input',
        `${run} left nothing to report on (${status}${end.message === undefined ? '' : `: ${end.message}`})`,
      );
    const request = requestOf(known);
    const server = known.server?.place ?? known.record?.server ?? null;
    const collected = { request, server, uiUrl: null, solved: end.solved, endedAt: end.at };
    const html =
      request.asked.kind === 'verify'
        ? await verificationPage(request, end.status, end.solved)
        : await reportPage(
            await openAnyStore(request.storeUrl),
            request,
            end.status,
            end.solved,
            await collectRun(paths, collected),
          );
    const file = given ?? join(runFolder(paths, run), 'report.html');
    await makePrivate(dirname(file));
    await writeFile(`${file}.part`, html, { mode: given === undefined ? privateFile : undefined });
    await rename(`${file}.part`, file);
    process.stdout.write(`${file}\n`);
    return exitCode.done;
  } finally {
    await book.close();
  }
}
