import type { DataFolder } from '../records/run-folder.js';
import { recordOrWatched, writeRecord } from '../records/run-record.js';
import { endOf, type EndedRun, type RunRecord } from '../records/run-request.js';

/** Notes the end of a run in its record, by the first process that sees the end; earlier collected data stay. */
export async function noteEnd(
  paths: DataFolder,
  { request, server, solved, endedAt }: EndedRun,
): Promise<Omit<RunRecord, 'format'>> {
  const record = await recordOrWatched(paths, request, server);
  const noted = { ...record, end: { ...record.end, ...endOf(solved, endedAt) } };
  await writeRecord(paths, noted);
  return noted;
}
