import { csvOf, lineOf, RunBook, tableOf, type RunStatus } from '@mipnet/runs';
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand, plainJson, plainText } from '@mipnet/text';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';

export interface RunsOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly limit: number;
  /** Only runs of these. */
  readonly status?: readonly RunStatus[];
}

/** Runs that are looked at to find those of a status. */
const mostSearched = 5000;

/** `mipnet runs`: lists the runs, newest first. */
export async function runs({ json, csv, limit, status }: RunsOptions): Promise<number> {
  const book = new RunBook(mipnetPaths(), say);
  try {
    const all = (await book.list(status === undefined ? limit : mostSearched)).map(lineOf);
    const lines = all.filter((line) => status?.includes(line.status) ?? true).slice(0, limit);
    if (json) process.stdout.write(plainJson(lines));
    else if (csv) process.stdout.write(plainText(csvOf(lines, Date.now())));
    else if (lines.length === 0 && status !== undefined) say(`there is no run that is ${status.join(' or ')}`);
    else if (lines.length === 0) say(`there is no run yet; start one with "${mipnetCommand('train')}"`);
    else process.stdout.write(tableOf(lines, Date.now(), process.stdout.columns || undefined));
    if (!json && !csv) for (const { run, waitsFor } of lines) if (waitsFor !== null) say(`${run} waits: ${waitsFor}`);
    return exitCode.done;
  } finally {
    await book.close();
  }
}
