import { execFileSync } from 'node:child_process';
import { closeSync, createWriteStream, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** A malicious or damaged file for a command. */
export interface HostileCase {
  readonly what: string;
  /** Its name. */
  readonly file: string;
  /** Makes it at a path; left out for a file that the system has. */
  readonly make?: (path: string) => void | Promise<void>;
  readonly args: (path: string) => readonly string[];
  /** What the last line on stderr says. */
  readonly says: RegExp;
  readonly env?: (path: string) => NodeJS.ProcessEnv;
}

/** A pipe without a writer: opening it waits. */
export const makePipe = (path: string): void => void execFileSync('mkfifo', [path]);
export const makeFolder = (path: string): void => void mkdirSync(path);

/** A file that has a size but takes no space on the disk. */
export function makeSparse(path: string, size: number, head = ''): void {
  const file = openSync(path, 'w');
  writeSync(file, head);
  ftruncateSync(file, size);
  closeSync(file);
}

/** Gzip of one block again and again: a thousandth of its content. */
export async function makeBomb(path: string, block: string, blocks: number, head = ''): Promise<void> {
  const content = function* (): Generator<string> {
    yield head;
    for (let at = 0; at < blocks; at++) yield block;
  };
  await pipeline(Readable.from(content(), { objectMode: false }), createGzip({ level: 1 }), createWriteStream(path));
}
