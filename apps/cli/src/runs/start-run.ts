import { join } from 'node:path';
import { ensureStoreId, type ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { budgetOf } from '@mipnet/training';
import { CliError } from '../cli-error.js';
import { chooseEngine } from '../engine/choose-engine.js';
import type { Engine } from '../engine/engine.js';
import type { RunToStart } from '../engine/run-server.js';
import type { TemporalEngine } from '../engine/temporal-engine.js';
import { exitCode } from '../exit-code.js';
import type { Interrupt } from '../interrupt.js';
import { mipnetPaths, tryLock, type ProcessLock } from '@mipnet/stack/folders';
import { serverOfEnvironment, findKeptStack } from '@mipnet/stack';
import { plainJson, mipnetCommand } from '@mipnet/text';
import type { ProgressDisplay } from '../terminal/progress-display.js';
import { finishRun } from './finish-run.js';
import { newRunId } from './run-id.js';
import { pruneRecords, runFolder, writeRecord, type RunRequest, type TrainAsked } from './run-record.js';
import { say } from '../terminal/say.js';

export interface StartOptions {
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly slots: number;
  readonly json?: boolean;
  /** Starts the run on a server that stays, and returns at once. */
  readonly detach?: boolean;
  /** Among runs that share workers: 1 goes first, 5 last. @default 3 */
  readonly priority?: number;
}

export interface PreparedStart {
  readonly asked: TrainAsked;
  /** The root, whose problem is in the store. */
  readonly node: ProblemNode;
  readonly store: ObjectStore;
  readonly storeUrl: string;
  /** When the command began; ISO 8601. */
  readonly startedAt: string;
  /** Where to write the network. */
  readonly out?: string;
}

/** The request also is the memo of a workflow, so a table of many odd columns must not fill it. */
const mostReadingLines = 40;
const mostReadingLine = 300;

function shortened(reading: readonly string[]): readonly string[] {
  const lines = reading
    .slice(0, mostReadingLines)
    .map((line) => (line.length > mostReadingLine ? `${line.slice(0, mostReadingLine)} ...` : line));
  return reading.length > mostReadingLines
    ? [...lines, `... and ${reading.length - mostReadingLines} more lines`]
    : lines;
}

/** Starts a training and sees it to its end, or leaves it on its server. @returns the exit code */
export async function startRun(
  { asked, node, store, storeUrl, startedAt, out }: PreparedStart,
  options: StartOptions,
  display: ProgressDisplay,
  interrupt: Interrupt,
): Promise<number> {
  const paths = mipnetPaths();
  const { plan } = asked;
  const run = newRunId(plan.name);
  const request: RunRequest = {
    run,
    asked: { ...asked, reading: asked.reading && shortened(asked.reading) },
    node,
    storeUrl,
    startedAt,
  };
  const started: RunToStart = {
    run,
    node,
    store: await ensureStoreId(store),
    request,
    priority: options.priority,
    budget: budgetOf(plan),
  };
  const engine = await chooseEngine({
    engine: options.engine,
    store,
    storeUrl,
    slots: options.slots,
    runFolder: runFolder(paths, run),
    say: display.say,
  });
  let held: ProcessLock | undefined;
  let finished: Promise<number> | undefined;
  try {
    const uiUrl = engine.uiUrlOf(run);
    if (uiUrl) display.say(`watch it at ${uiUrl}`);
    if (engine.kind === 'local') held = await tryLock(join(runFolder(paths, run), 'lock'));
    await pruneRecords(paths);
    await writeRecord(paths, { ...request, server: engine.server?.place ?? null, out });
    if (options.detach) return await leave(engine, started, options.json, out);
    interrupt.beginKeeping(() =>
      display.say('stopping: solvers hand back what they have, which is merged (Ctrl-C again leaves at once)'),
    );
    const solving = engine.run({ ...started, onProgress: display.show, signal: interrupt.signal });
    return await (finished = finishRun(paths, { request, engine, display, out, json: options.json }, solving));
  } finally {
    // A run that is finished has closed it.
    if (!finished) await engine.close();
    await held?.release();
  }
}

/** A run that nobody stays with needs a server that does. @throws CliError 'bad-input' */
export async function checkDetach(engine: StartOptions['engine']): Promise<void> {
  const why =
    engine === 'local'
      ? 'a run of --engine local lives in this process'
      : "a server of this command's own would end with it";
  if (engine === 'local' || !(serverOfEnvironment() ?? (await findKeptStack(mipnetPaths())))) {
    throw new CliError(
      'bad-input',
      `--detach: ${why}; run "${mipnetCommand('up')}" first, or set TEMPORAL_ADDRESS, and use --engine temporal or auto`,
    );
  }
}

/** Starts the run and says how to come back to it. */
async function leave(
  engine: Engine,
  started: RunToStart,
  json: boolean | undefined,
  out: string | undefined,
): Promise<number> {
  const { run } = started;
  if (engine.kind !== 'temporal')
    throw new CliError('failed', '--detach: the server went away while the run was prepared; run it again');
  await (engine as TemporalEngine).start(started);
  const uiUrl = engine.uiUrlOf(run);
  say(
    `started; "${mipnetCommand('watch', run)}" shows it and writes its network${out === undefined ? '' : ` to ${out}`}`,
  );
  // The id alone, so that a script can take it: RUN=$(mipnet train --detach).
  process.stdout.write(json ? plainJson({ run, workflowId: run, uiUrl }) : `${run}\n`);
  return exitCode.done;
}
