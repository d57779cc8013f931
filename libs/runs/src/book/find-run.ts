// Tested by ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import type { Solved } from '@mipnet/recursion';
import { RunError } from '../run-error.js';
import { requestOf, type KnownRun } from './known-run.js';
import { RunBook } from './run-book.js';
import type { RunRequest } from '../records/run-request.js';

/** Acts on a run that has not ended. @throws RunError 'bad-input' for one that has */
export async function withOpenRun<T>(
  name: string,
  say: (line: string) => void,
  body: (known: KnownRun) => Promise<T>,
): Promise<T> {
  const book = new RunBook(mipnetPaths(), say);
  try {
    const known = await book.find(name);
    const { run, status, end, kind } = known;
    if (end) {
      const see = kind.seeResult(run, end.solved?.incumbent !== undefined);
      throw new RunError('bad-input', `${run} has ended (${status}); ${see}`);
    }
    return await body(known);
  } finally {
    await book.close();
  }
}

/** A run that has ended with a result. @throws RunError 'bad-input' for one that has not */
export async function findEnded(
  name: string,
  say: (line: string) => void,
): Promise<{ readonly request: RunRequest; readonly solved: Solved }> {
  const book = new RunBook(mipnetPaths(), say);
  try {
    const known = await book.find(name);
    const { run, status, end } = known;
    if (!end)
      throw new RunError(
        'bad-input',
        `${run} has not ended (${status}); "${mipnetCommand('resume', run)}" continues the run itself, ` +
          `"${mipnetCommand('stop', run)}" ends it first`,
      );
    if (!end.solved?.incumbent) throw new RunError('bad-input', `${run} left no network to continue from (${status})`);
    return { request: requestOf(known), solved: end.solved };
  } finally {
    await book.close();
  }
}
