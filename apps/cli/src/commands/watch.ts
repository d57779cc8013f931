import { openAnyStore } from '@mipnet/activities';
import { CliError } from '../cli-error.js';
import { onInterrupt } from '../interrupt.js';
import { mipnetPaths } from '@mipnet/stack/folders';
import { endRun } from '../runs/collect-run.js';
import { RunBook, type KnownRun } from '../runs/run-book.js';
import type { RunRequest } from '../runs/run-record.js';
import { refuseAbsent } from '../runs/refuse-absent.js';
import { watchStore } from '../runs/watch-store.js';
import { exitCodeOfRun } from '../runs/what-is-missing.js';
import { whenStoreAnswers } from '../runs/when-store-answers.js';
import { progressDisplay } from '../terminal/progress-display.js';
import { checkOut } from './write-network.js';
import { mipnetCommand } from '@mipnet/text';

export interface WatchOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** `mipnet watch RUN`: the live progress of a run, whoever started it, and at its end what `train` prints. */
export async function watch(name: string, options: WatchOptions): Promise<number> {
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  const paths = mipnetPaths();
  const display = progressDisplay();
  const book = new RunBook(paths, display.say);
  const interrupt = onInterrupt(
    display.say,
    `left watching; the run goes on ("${mipnetCommand('stop', name)}" stops it)`,
  );
  try {
    const known = await book.find(name);
    if (out !== undefined) refuseOutOfVerification(known);
    // A verification keeps its verdicts where the command that asks for them finds them.
    const request = known.kind === 'verify' && known.request === undefined ? undefined : requestOf(known);
    const { run } = known;
    let { end } = known;
    if (end === undefined) {
      const server = known.server ?? (await refuseAbsent(paths, known));
      display.say(`watching ${run}${server.uiUrlOf(run) ? ` (${server.uiUrlOf(run)})` : ''}`);
      const watching = request && watchStore(await openAnyStore(request.storeUrl), display.say);
      const solved = await server.watch(run, { onProgress: display.show }).finally(() => watching?.end());
      display.end();
      end = { status: solved.stopped ? 'stopped' : 'completed', at: new Date().toISOString(), solved };
    }
    if (end.solved === undefined) throw new CliError('failed', `${run} failed: ${end.message ?? 'no reason is known'}`);
    if (request === undefined) {
      process.stdout.write(`${run} has ended; ${askAgain}\n`);
      return exitCodeOfRun(end.solved);
    }
    const server = known.server?.place ?? known.record?.server ?? null;
    const collected = {
      request,
      server,
      uiUrl: known.server?.uiUrlOf(run) ?? null,
      solved: end.solved,
      endedAt: end.at,
    };
    return await whenStoreAnswers(
      () => endRun(paths, collected, { out, json: options.json, say: display.say }),
      display.say,
    );
  } finally {
    display.end();
    await book.close();
    interrupt.end();
  }
}

const askAgain = 'run the same verify command again: it takes the verdicts that stand and works on the rest';

/** A verification has verdicts and no network. @throws CliError 'bad-input' */
export function refuseOutOfVerification({ run, kind }: Pick<KnownRun, 'run' | 'kind'>): void {
  if (kind === 'verify')
    throw new CliError('bad-input', `--out: ${run} is a verification, which has no network to write`);
}

/** @throws CliError for a run of a version that did not say what it was asked */
export function requestOf({ run, kind, request }: Pick<KnownRun, 'run' | 'kind' | 'request'>): RunRequest {
  if (request) return request;
  if (kind === 'verify')
    throw new CliError('bad-input', `${run} is a verification and has no network of its own; ${askAgain}`);
  throw new CliError(
    'bad-input',
    `${run} was started by another version of mipnet, which did not note its plan; use that version`,
  );
}
