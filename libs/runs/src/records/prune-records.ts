import { readdir, rm, stat } from 'node:fs/promises';
import { forgetDatabase, hasDatabase, processOf, runFolder, runsFolder, type DataFolder } from './run-folder.js';
import { isRunId } from './run-id.js';
import { readRecords, recordFile } from './run-record.js';

/** Most runs whose records are kept; the oldest that ended go first. */
const mostRecords = 1000;
/** Most databases of runs whose process died. */
const mostDatabases = 20;

/** Limits the growth of the data folder: called when a run begins. */
export async function pruneRecords(paths: DataFolder): Promise<void> {
  const runs = (await readdir(runsFolder(paths)).catch(() => [])).filter(isRunId);
  await forgetAborted(paths, runs);
  // Records are checked when they are read, which takes longer than a small run.
  const databases = await Promise.all(runs.map((run) => hasDatabase(paths, run)));
  if (runs.length <= mostRecords && databases.filter(Boolean).length <= mostDatabases) return;
  const records = await readRecords(paths);
  for (const { run } of records.filter(({ end }) => end !== undefined).slice(mostRecords))
    await rm(runFolder(paths, run), { recursive: true, force: true });
  const lost: string[] = [];
  for (const { run, end } of records)
    if (end === undefined && (await hasDatabase(paths, run)) && (await processOf(paths, run)) === undefined)
      lost.push(run);
  for (const run of lost.slice(mostDatabases)) await forgetDatabase(paths, run);
}

/** Folders of runs that never began, because their server did not start. Their logs are kept for a day. */
async function forgetAborted(paths: DataFolder, runs: readonly string[]): Promise<void> {
  for (const name of runs) {
    const folder = runFolder(paths, name);
    // A record that this version cannot read is a run, too.
    if (await stat(recordFile(paths, name)).catch(() => undefined)) continue;
    const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > 86_400_000 && (await processOf(paths, name)) === undefined)
      await rm(folder, { recursive: true, force: true });
  }
}
