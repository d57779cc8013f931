// Tested by ../e2e/report.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import { collectRun, placeOf, requestOf, type KnownRun } from '@mipnet/runs';
import { readRecords, runFolder, type EndedRun, type RunEnd } from '@mipnet/runs/records';
import { mipnetPaths } from '@mipnet/stack/folders';
import { CliError } from '../program/cli-error.js';

type Paths = ReturnType<typeof mipnetPaths>;

/** A run that has ended, with its request. @throws CliError 'bad-input' if it left no result */
export function endedRun(known: KnownRun, end: RunEnd): EndedRun {
  if (!end.solved?.incumbent)
    throw new CliError(
      'bad-input',
      `${known.run} left nothing to report on (${end.status}${end.message === undefined ? '' : `: ${end.message}`})`,
    );
  return { request: requestOf(known), server: placeOf(known), uiUrl: null, solved: end.solved, endedAt: end.at };
}

/** The page of a run that has ended. Its network file is written again, and its figures are computed from it. */
export async function pageOfEnded(paths: Paths, known: KnownRun, end: RunEnd): Promise<string> {
  const ended = endedRun(known, end);
  const { report } = await collectRun(paths, ended);
  return known.kind.page(ended, await openAnyStore(ended.request.storeUrl), {
    report,
    environment: known.record?.environment,
    folder: runFolder(paths, known.run),
    related: await relatedRuns(paths, known),
  });
}

/** Most verifications of which a page takes the distances. */
const mostRelated = 30;

/** Other runs of the same kind that ended with a result; of verifications only, which make a curve together. */
async function relatedRuns(paths: Paths, { run, kind }: KnownRun): Promise<readonly EndedRun[]> {
  if (kind.name !== 'verify') return [];
  const records = (await readRecords(paths)).filter(
    (record) => record.run !== run && record.asked.kind === kind.name && record.end?.solved?.incumbent,
  );
  return records.slice(0, mostRelated).map((record) => ({
    request: record,
    server: record.server,
    uiUrl: null,
    solved: record.end!.solved!,
    endedAt: record.end!.at,
  }));
}
