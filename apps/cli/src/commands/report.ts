// Tested by ../e2e/report.e2e.test.ts.
import { dirname, join } from 'node:path';
import { followRun, livePageOf, refuseAbsent, RunBook, type KnownRun } from '@mipnet/runs';
import { runFolder, type RunEnd } from '@mipnet/runs/records';
import { makePrivate, mipnetPaths, privateFile, writeWhole } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { comparisonOf } from '../report/comparison.js';
import { pageOfEnded } from '../report/report-page.js';
import { say } from '../terminal/say.js';

export interface ReportOptions {
  readonly out?: string;
  readonly follow?: boolean;
}

/** Seconds between two pages of a run that works. */
const refreshSeconds = 3;

/** Kinds of which `last` is the newest run: a verification of the new network comes after its training. */
const preferred = ['train', 'sweep'];

/** `mipnet report RUN...`: writes a page about one run, or about several that are compared, and prints its path. */
export async function report(names: readonly string[], { out, follow }: ReportOptions): Promise<number> {
  if (follow && names.length > 1) throw new CliError('bad-input', `--follow is for one run (got ${names.join(', ')})`);
  const given = out === undefined ? undefined : await checkOut(out, 'report.html');
  const paths = mipnetPaths();
  const book = new RunBook(paths, say);
  try {
    const all: KnownRun[] = [];
    for (const name of names) all.push(await book.find(name, preferred));
    const [known] = all;
    const file = given ?? join(runFolder(paths, known.run), names.length > 1 ? 'comparison.html' : 'report.html');
    await makePrivate(dirname(file));
    const write = (html: string): Promise<void> =>
      writeWhole(file, html, given === undefined ? privateFile : undefined);
    if (names.length > 1) await write(await comparisonOf(paths, all));
    else await write(await pageOfEnded(paths, known, await endOfRun(paths, known, follow ? { file, write } : null)));
    process.stdout.write(`${file}\n`);
    return exitCode.done;
  } finally {
    await book.close();
  }
}

interface LiveFile {
  readonly file: string;
  readonly write: (html: string) => Promise<void>;
}

/** How a run ended. @param live where to show it until then; null: do not wait */
async function endOfRun(
  paths: ReturnType<typeof mipnetPaths>,
  known: KnownRun,
  live: LiveFile | null,
): Promise<RunEnd> {
  const { run, status, end, server, record } = known;
  if (end) return end;
  if (!server && !(status === 'running' && record?.server === null)) await refuseAbsent(paths, known);
  if (live === null)
    throw new CliError(
      'bad-input',
      `${run} has not ended (${status}); "${mipnetCommand('report', run, '--follow')}" shows it until it has, ` +
        `"${mipnetCommand('stop', run)}" ends it`,
    );
  say(`${live.file} shows ${run}: open it in a browser, it renews itself until the run has ended`);
  return followRun(paths, known, {
    every: refreshSeconds * 1000,
    onProgress: async (progress, points) =>
      live.write(await livePageOf(known, progress, points, { now: Date.now(), refreshSeconds })),
  });
}
