import { openAnyStore } from '@mipnet/activities';
import type { Collected } from '../kinds/kind.js';
import { kindOf } from '../kinds/kinds.js';
import type { DataFolder } from '../records/run-folder.js';
import { writeRecord } from '../records/run-record.js';
import { endOf, type EndedRun } from '../records/run-request.js';
import { failedLine } from './failed-line.js';
import { noteEnd } from './note-end.js';

/**
 * Makes of the result of a run what its kind makes of one (a network file, verdicts), whoever comes for it, and notes it in
 * the run's record. The run, its store and its result are all it needs, so that a run outlives the process that started it.
 * @param out where to write the result; left out: where the run was told to, else where its kind puts it
 * @throws RunError 'failed' for a run that left nothing
 */
export async function collectRun(paths: DataFolder, ended: EndedRun, out?: string): Promise<Collected> {
  const { request, solved, endedAt } = ended;
  const record = await noteEnd(paths, ended);
  const place = { data: paths.data, out: out ?? record.out, earlier: record.end?.report };
  const store = await openAnyStore(request.storeUrl);
  const collected = await kindOf(request.asked.kind, request.run).collect(ended, store, place);
  const { report, warnings } = collected;
  if (report !== undefined) await writeRecord(paths, { ...record, end: { ...endOf(solved, endedAt), report } });
  const failed = failedLine(solved);
  return { ...collected, warnings: [...warnings, ...(failed === undefined ? [] : [failed])] };
}
