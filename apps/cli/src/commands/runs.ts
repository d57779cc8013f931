import { lineOf, RunBook, tableOf } from '@mipnet/runs';
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand, plainJson } from '@mipnet/text';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';

/** `mipnet runs`: lists the runs, newest first. */
export async function runs({ json, limit }: { readonly json?: boolean; readonly limit: number }): Promise<number> {
  const book = new RunBook(mipnetPaths(), say);
  try {
    const lines = (await book.list(limit)).map(lineOf);
    if (json) process.stdout.write(plainJson(lines));
    else if (lines.length === 0) say(`there is no run yet; start one with "${mipnetCommand('train')}"`);
    else process.stdout.write(tableOf(lines, Date.now()));
    if (!json) for (const { run, waitsFor } of lines) if (waitsFor !== null) say(`${run} waits: ${waitsFor}`);
    return exitCode.done;
  } finally {
    await book.close();
  }
}
