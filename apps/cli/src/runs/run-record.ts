import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import type { Plan } from '@mipnet/training';
import { CliError } from '../cli-error.js';
import { type Paths, makePrivate, privateFile, lockOwner } from '@mipnet/stack/folders';
import { type Stack } from '@mipnet/stack';
import type { Origin } from './network-origin.js';
import { isRunId } from './run-id.js';
import { checkRunData } from './run-schema.js';
import type { TrainReport } from './train-report.js';
import { mipnetCommandAnywhere } from '@mipnet/text';

// A run's record: a small document in the data folder that outlives the process which started the run. It is written when
// the run begins and again when its end is known, by whoever learns of it first.

export interface TrainAsked {
  readonly kind: 'train';
  readonly plan: Plan;
  /** What the network's file says of its plan and data. */
  readonly origin?: Origin;
  /** The folder that --data named, absolute. */
  readonly dataFolder?: string;
  /** What was decided when the data was read, for a person to judge: header, missing values, columns left out. */
  readonly reading?: readonly string[];
}

export interface VerifyAsked {
  readonly kind: 'verify';
  /** The network's file. */
  readonly network: string;
  /** What was asked about it, for a person to read. */
  readonly facts: readonly (readonly [string, string])[];
  /** What asks it again: arguments of `mipnet verify`. A line for a shell is made where it is printed, see `askAgain`. */
  readonly args?: readonly string[];
}

/** What was asked for. It also travels as the memo of the run's workflow, so that any machine can finish the run. */
export interface RunRequest {
  readonly run: string;
  readonly asked: TrainAsked | VerifyAsked;
  /** The root of the tree. */
  readonly node: ProblemNode;
  readonly storeUrl: string;
  /** ISO 8601 */
  readonly startedAt: string;
}

/** The Temporal server of a run, where it had one. */
export type ServerPlace = Pick<Stack, 'kind' | 'address' | 'namespace' | 'uiUrl'>;

export interface RunEnd {
  readonly status: 'completed' | 'stopped' | 'failed';
  /** ISO 8601 */
  readonly at: string;
  readonly solved?: Solved;
  /** Of a failure. */
  readonly message?: string;
  /** Once somebody has collected the network. */
  readonly report?: TrainReport;
}

export interface RunRecord extends RunRequest {
  readonly format: typeof format;
  /** null: the run is driven by the process that started it, alone. */
  readonly server: ServerPlace | null;
  /** Where the network was asked for with --out. */
  readonly out?: string;
  /** Another machine or person started the run; this record was made when its result was collected here. */
  readonly watched?: boolean;
  readonly end?: RunEnd;
}

/** @throws CliError for a run that is no training */
export function trainAskedOf({ run, asked }: RunRequest): TrainAsked {
  if (asked.kind !== 'train') throw new CliError('bad-input', `${run} is no training, it has no plan`);
  return asked;
}

export const planOf = (request: RunRequest): Plan => trainAskedOf(request).plan;

/** The command that asks a verification again; undefined if a version did not note it. A memo is a stranger's: words, no line. */
export const askAgain = ({ args }: VerifyAsked): string | undefined =>
  !Array.isArray(args) ? undefined : mipnetCommandAnywhere('verify', ...args.map(String));

const format = 'mipnet run 1';

type DataFolder = Pick<Paths, 'data'>;

/** The folder of a run: its record, and the server database of a run that brought its own server. */
export const runFolder = ({ data }: DataFolder, run: string): string => join(data, 'runs', run);

const recordFile = (paths: DataFolder, run: string): string => join(runFolder(paths, run), 'run.json');

/** All or nothing: a reader never sees half a record. */
export async function writeRecord(paths: DataFolder, record: Omit<RunRecord, 'format'>): Promise<RunRecord> {
  const complete: RunRecord = { ...record, format };
  const file = recordFile(paths, record.run);
  const draft = `${file}.${randomUUID()}.draft`;
  await makePrivate(runFolder(paths, record.run));
  try {
    await writeFile(draft, `${JSON.stringify(complete, null, 2)}\n`, { mode: privateFile });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return complete;
}

/**
 * undefined where there is none, or none that this version can read.
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
    record = checkRunData('record', JSON.parse(await readFile(recordFile(paths, run), 'utf8'))).value;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (record?.run === run) return record;
  onUnreadable?.(run);
  return undefined;
}

/**
 * The record of a run on this machine; one to be written where there is none. The request of a run that others started is
 * taken field by field: where its network goes is for this machine to say.
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
  const names = await readdir(join(paths.data, 'runs')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const records = await Promise.all(names.filter(isRunId).map((run) => readRecord(paths, run, onUnreadable)));
  return records.filter((record) => record !== undefined).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** The process that has a run in hand: drives it, or holds the server it runs on. undefined when that one is gone. */
export const processOf = (paths: DataFolder, run: string): Promise<number | undefined> =>
  lockOwner(join(runFolder(paths, run), 'lock'));

/** Whether the database of a run's own server is still there. */
export const hasDatabase = async (paths: DataFolder, run: string): Promise<boolean> =>
  (await stat(join(runFolder(paths, run), 'temporal.db')).catch(() => undefined))?.isFile() ?? false;

/** Ended runs need no database: their result is in the record and in the object store. */
export async function forgetDatabase(paths: DataFolder, run: string): Promise<void> {
  const folder = runFolder(paths, run);
  const files = await readdir(folder).catch(() => []);
  await Promise.all(
    files.filter((name) => name.startsWith('temporal.db')).map((name) => rm(join(folder, name), { force: true })),
  );
}

/** Most runs whose records are kept; the oldest that ended go first. */
const mostRecords = 1000;
/** Most databases of runs whose process died. */
const mostDatabases = 20;

/** Keeps the data folder from growing for ever: called when a run begins. */
export async function pruneRecords(paths: DataFolder): Promise<void> {
  const records = await readRecords(paths);
  await forgetAborted(paths);
  for (const { run } of records.filter(({ end }) => end !== undefined).slice(mostRecords))
    await rm(runFolder(paths, run), { recursive: true, force: true });
  const lost: string[] = [];
  for (const { run, end } of records)
    if (end === undefined && (await hasDatabase(paths, run)) && (await processOf(paths, run)) === undefined)
      lost.push(run);
  for (const run of lost.slice(mostDatabases)) await forgetDatabase(paths, run);
}

/** Folders of runs that were never begun, because their server did not start. Their logs are kept for a day. */
async function forgetAborted(paths: DataFolder): Promise<void> {
  const names = await readdir(join(paths.data, 'runs')).catch(() => []);
  for (const name of names.filter(isRunId)) {
    const folder = runFolder(paths, name);
    // A record that this version cannot read is a run all the same.
    if (await stat(recordFile(paths, name)).catch(() => undefined)) continue;
    const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > 86_400_000 && (await processOf(paths, name)) === undefined)
      await rm(folder, { recursive: true, force: true });
  }
}
