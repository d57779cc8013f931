import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivate, privateFile, writeWhole } from '@mipnet/stack/folders';
import { checkRecord } from './check-run-data.js';
import { runFolder, runsFolder, type DataFolder } from './run-folder.js';
import { isRunId } from './run-id.js';
import { recordFormat, type RunRecord, type RunRequest, type ServerPlace } from './run-request.js';

// A run's record: a small document in the data folder that outlives the process which started the run. It is written
// when the run begins and again when its end is known, by the first process that sees it.

export const recordFile = (paths: DataFolder, run: string): string => join(runFolder(paths, run), 'run.json');

/** All or nothing: a reader never sees half a record. */
export async function writeRecord(paths: DataFolder, record: Omit<RunRecord, 'format'>): Promise<RunRecord> {
  const complete: RunRecord = { ...record, format: recordFormat };
  await makePrivate(runFolder(paths, record.run));
  await writeWhole(recordFile(paths, record.run), `${JSON.stringify(complete, null, 2)}\n`, privateFile);
  return complete;
}

/**
 * undefined if there is none, or none that this version can read.
 * @param onUnreadable gets the run of a record that is there and cannot be read
 */
export async function readRecord(
  paths: DataFolder,
  run: string,
  onUnreadable?: (run: string) => void,
): Promise<RunRecord | undefined> {
  if (!isRunId(run)) return undefined;
  let record: RunRecord | undefined;
  try {
    record = (await checkRecord(JSON.parse(await readFile(recordFile(paths, run), 'utf8')))).value;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (record?.run === run) return record;
  onUnreadable?.(run);
  return undefined;
}

/**
 * The record of a run on this machine; one to be written if there is none. The request of a run that others started is
 * copied field by field: this machine chooses the path of its network.
 */
export async function recordOrWatched(
  paths: DataFolder,
  request: RunRequest,
  server: ServerPlace | null,
): Promise<Omit<RunRecord, 'format'>> {
  const { run, asked, node, storeUrl, startedAt } = request;
  return (await readRecord(paths, run)) ?? { run, asked, node, storeUrl, startedAt, server, watched: true };
}

/** All records of this data folder that can be read, newest first. */
export async function readRecords(
  paths: DataFolder,
  onUnreadable?: (run: string) => void,
): Promise<readonly RunRecord[]> {
  const names = await readdir(runsFolder(paths)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const records = await Promise.all(names.filter(isRunId).map((run) => readRecord(paths, run, onUnreadable)));
  return records.filter((record) => record !== undefined).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}
