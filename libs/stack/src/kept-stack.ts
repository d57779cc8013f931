import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Paths } from './folders/paths.js';
import { makePrivate, privateFile } from './folders/private-folders.js';
import { writeWhole } from './folders/whole-file.js';
import { askKeeper } from './keeper-control.js';

/** The file that `mipnet up` writes into the state folder so that other commands find its stack. */
export interface KeptStack {
  /** Of the keeper, the process that holds the stack. */
  readonly pid: number;
  /** The keeper's address, and the token that it answers to. */
  readonly controlPort: number;
  readonly token: string;
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly storeUrl: string;
  readonly slots: number;
  /** Names of the solvers that its workers have. */
  readonly solvers?: readonly string[];
  /** Folder of the log files. */
  readonly log: string;
  /** ISO 8601 */
  readonly startedAt: string;
}

/**
 * The kept stack, if it is running: the keeper must answer to its token. A process id alone is not enough: another
 * process may have the number now. A file of a dead keeper is removed.
 */
export async function findKeptStack(paths: Pick<Paths, 'data'>): Promise<KeptStack | undefined> {
  const text = await readStateFile(paths);
  if (text === undefined) return undefined;
  const kept = parseKeptStack(text);
  if (kept && (await askKeeper(kept)) === kept.pid) return kept;
  await forgetKeptStack(paths);
  return undefined;
}

export async function rememberKeptStack(paths: Pick<Paths, 'data'>, kept: KeptStack): Promise<void> {
  const path = stateFile(paths);
  await makePrivate(paths.data);
  // Readable by its owner only: the token stops the stack.
  await writeWhole(path, `${JSON.stringify(kept, null, 2)}\n`, privateFile);
}

export async function forgetKeptStack(paths: Pick<Paths, 'data'>): Promise<void> {
  await rm(stateFile(paths), { force: true });
}

/** undefined for anything that is not a complete state file: half-written, edited, or of another version. */
export function parseKeptStack(text: string): KeptStack | undefined {
  let value: Partial<Record<keyof KeptStack, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const numbers = (['pid', 'controlPort', 'slots'] as const).every(
    (key) => Number.isSafeInteger(value[key]) && (value[key] as number) >= 0,
  );
  const texts = (['token', 'address', 'namespace', 'uiUrl', 'storeUrl', 'log', 'startedAt'] as const).every(
    (key) => typeof value[key] === 'string' && value[key] !== '',
  );
  return numbers && texts && value.pid !== 0 ? (value as KeptStack) : undefined;
}

function stateFile(paths: Pick<Paths, 'data'>): string {
  return join(paths.data, 'kept-stack.json');
}

async function readStateFile(paths: Pick<Paths, 'data'>): Promise<string | undefined> {
  try {
    return await readFile(stateFile(paths), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
