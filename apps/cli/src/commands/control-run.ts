import { CliError } from '../cli-error.js';
import { engineOn } from '../engine/choose-engine.js';
import { exitCode } from '../exit-code.js';
import { onInterrupt } from '../interrupt.js';
import { mipnetPaths } from '@mipnet/stack/folders';
import { finishRun } from '../runs/finish-run.js';
import { refuseAbsent } from '../runs/refuse-absent.js';
import { RunBook, canRevive, type KnownRun } from '../runs/run-book.js';
import { askAgain, recordOrWatched, runFolder, writeRecord, type RunRecord } from '../runs/run-record.js';
import { startOwnStack } from '@mipnet/stack';
import { progressDisplay } from '../terminal/progress-display.js';
import { resumeFrom, type ResumeFromOptions } from './resume-from.js';
import { checkStorePlace } from './store-place.js';
import { refuseOutOfVerification, requestOf } from './watch.js';
import { plainJson, plainText, mipnetCommand } from '@mipnet/text';
import { say } from '../terminal/say.js';
import { checkOut } from './write-network.js';

export interface ResumeOptions extends ResumeFromOptions {
  /** A run that has ended, to start a new one from. */
  readonly from?: string;
}

/** `mipnet pause RUN`: no MIP goes into the queue from now on; those that are in it end. */
export const pause = (name: string): Promise<number> =>
  tell(
    name,
    'pause',
    ({ run }) => `is paused: no new MIPs are queued until "${mipnetCommand('resume', run)}"; those in the queue finish`,
  );

/** `mipnet stop RUN`: solvers hand back what they have, which is merged and kept. */
export const stop = (name: string): Promise<number> => tell(name, 'stop', whatIsKept);

/** A training leaves a network, a verification leaves verdicts. */
function whatIsKept({ run, kind, request }: KnownRun): string {
  if (kind !== 'verify') return `stops and keeps its best network: "${mipnetCommand('watch', run)}" writes it`;
  const again = request?.asked.kind === 'verify' ? askAgain(request.asked) : undefined;
  return `stops and keeps the verdicts so far: ${again === undefined ? 'the same verify command' : `"${again}"`} takes them and works on the rest`;
}

async function tell(name: string, what: 'pause' | 'stop', said: (known: KnownRun) => string): Promise<number> {
  return withRun(name, async (known) => {
    await (known.server ?? (await refuseAbsent(mipnetPaths(), known))).tell(known.run, what);
    process.stdout.write(`${known.run} ${said(known)}\n`);
    return exitCode.done;
  });
}

/** `mipnet resume RUN`: goes on with a paused run, or with one whose process died: then this process has it in hand, like `train`. */
export async function resume(name: string | undefined, options: ResumeOptions): Promise<number> {
  if ((name === undefined) === (options.from === undefined))
    throw new CliError('bad-input', 'give a run to go on with, or --from and a run that has ended');
  if (options.from !== undefined) return resumeFrom(options.from, options);
  const misplaced = options.detach
    ? 'detach'
    : options.set.length > 0
      ? 'set'
      : options.priority !== undefined
        ? 'priority'
        : undefined;
  if (misplaced)
    throw new CliError(
      'bad-input',
      `--${misplaced} belongs to --from: a run that goes on keeps its plan and its place`,
    );
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  const paths = mipnetPaths();
  let lost: RunRecord | undefined;
  const code = await withRun(name!, async (known) => {
    if (out !== undefined) refuseOutOfVerification(known);
    if (await canRevive(paths, known)) {
      lost = known.record;
      return exitCode.done;
    }
    const server = known.server ?? (await refuseAbsent(paths, known));
    // Whoever collects the network later writes it there.
    if (out !== undefined)
      await writeRecord(paths, { ...(await recordOrWatched(paths, requestOf(known), server.place)), out });
    await server.tell(known.run, 'resume');
    const where = out === undefined ? '' : `; "${mipnetCommand('watch', known.run)}" writes its network to ${out}`;
    if (options.json) process.stdout.write(plainJson({ run: known.run, status: 'running', out: out ?? null }));
    else
      process.stdout.write(plainText(`${known.run} ${known.status === 'paused' ? 'goes on' : 'is running'}${where}\n`));
    return exitCode.done;
  });
  return lost ? revive(lost, { ...options, out }) : code;
}

function endText({ run, kind, end }: KnownRun): string {
  if (kind === 'verify') return `"${mipnetCommand('watch', run)}" prints its verdicts`;
  return end?.solved?.incumbent ? `"${mipnetCommand('watch', run)}" writes its network` : 'it left no network';
}

/** Finds a run that has not ended. */
async function withRun(name: string, body: (known: KnownRun) => Promise<number>): Promise<number> {
  const book = new RunBook(mipnetPaths(), say);
  try {
    const known = await book.find(name);
    if (known.end) throw new CliError('bad-input', `${known.run} has ended (${known.status}); ${endText(known)}`);
    return await body(known);
  } finally {
    await book.close();
  }
}

/** Starts the run's server again on the same database, with workers, and sees the run to its end. */
async function revive(
  record: RunRecord,
  { out, json, slots }: Pick<ResumeOptions, 'out' | 'json' | 'slots'>,
): Promise<number> {
  const paths = mipnetPaths();
  const { run, storeUrl } = record;
  await checkStorePlace(storeUrl);
  const display = progressDisplay();
  const interrupt = onInterrupt(display.say, 'left; the run can be resumed again');
  try {
    display.say(`going on with ${run}, whose process died`);
    const stack = await startOwnStack({
      storeUrl,
      slots,
      onMessage: display.say,
      paths,
      env: process.env,
      runFolder: runFolder(paths, run),
    });
    const engine = await engineOn(stack, slots, display.say);
    const { server } = engine;
    // Should this process die as well, the next one knows where the network goes.
    await writeRecord(paths, { ...record, server: server.place, ...(out === undefined ? {} : { out }) });
    display.say(`watch it at ${server.uiUrlOf(run)}`);
    interrupt.beginKeeping(() =>
      display.say('stopping: solvers hand back what they have, which is merged (Ctrl-C again leaves at once)'),
    );
    const solving = server.watch(run, { onProgress: display.show, signal: interrupt.signal, broken: stack.broken });
    return await finishRun(paths, { request: record, engine, display, out, json }, solving);
  } finally {
    display.end();
    interrupt.end();
  }
}
