import type { LoadedDataset } from '@mipnet/dataset';
import { openAnyStore } from '@mipnet/activities';
import { budgetOf, prepareRun, survey, type Plan } from '@mipnet/training';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { chooseEngine } from '../engine/choose-engine.js';
import type { Engine } from '../engine/engine.js';
import type { RunToStart } from '../engine/run-server.js';
import { storeOfRun } from '../engine/store-of-run.js';
import type { TemporalEngine } from '../engine/temporal-engine.js';
import { exitCode } from '../exit-code.js';
import { onInterrupt } from '../interrupt.js';
import { mipnetPaths } from '../paths.js';
import { finishRun } from '../runs/finish-run.js';
import { newRunId } from '../runs/run-id.js';
import { pruneRecords, runFolder, writeRecord, type RunRequest } from '../runs/run-record.js';
import { serverOfEnvironment } from '../stack/environment-server.js';
import { findKeptStack } from '../stack/kept-stack.js';
import { tryLock, type ProcessLock } from '../stack/process-lock.js';
import { progressDisplay, type ProgressDisplay } from '../terminal/progress-display.js';
import { checkIndices } from './check-indices.js';
import { refuseTooLarge } from './plan.js';
import { loadChosenDataset } from './data-options.js';
import { readPlan, type PlanChoice } from './read-plan.js';
import { checkOut } from './write-network.js';

export interface TrainOptions extends PlanChoice {
  /** Short for `--set dataset.name=`. */
  readonly dataset?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store?: string;
  readonly slots: number;
  readonly data?: string;
  /** Starts the run on a server that stays, and returns at once. */
  readonly detach?: boolean;
  /** Among runs that share workers: 1 goes first, 5 last. @default 3 */
  readonly priority?: number;
}

/** `mipnet train`: from a plan to a network file. Whatever can be wrong with the input is found before anything is started. */
export async function train(given: TrainOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const options: TrainOptions = given.dataset === undefined ? given : { ...given, set: [...given.set, `dataset.name=${given.dataset}`] };
  const display = progressDisplay();
  const interrupt = onInterrupt(display.say);
  const paths = mipnetPaths();
  let held: ProcessLock | undefined;
  try {
    const { plan: asked, indices, start } = await readPlan(options);
    const out = options.out === undefined ? undefined : await checkOut(options.out);
    if (options.detach) await checkDetach(options.engine);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const { plan, dataset } = await loadForPlan(asked, options, display);
    if (indices !== undefined) checkIndices(indices, dataset, plan.dataset.indices);
    const { node, problem } = await prepareRun(plan, dataset, store, indices, start).catch(refuseStore);
    refuseTooLarge(await survey(store, problem));
    const run = newRunId(plan.name);
    const request: RunRequest = { run, asked: { kind: 'train', plan }, node, storeUrl, startedAt };
    display.say(`training ${plan.name} on ${problem.view.rows.length} samples of ${dataset.name}`);
    const engine = await chooseEngine({ engine: options.engine, store, storeUrl, slots: options.slots, runFolder: runFolder(paths, run), say: display.say });
    const uiUrl = engine.uiUrlOf(run);
    if (uiUrl) display.say(`watch it at ${uiUrl}`);
    if (engine.kind === 'local') held = await tryLock(join(runFolder(paths, run), 'lock'));
    await pruneRecords(paths);
    await writeRecord(paths, { ...request, server: engine.server?.place ?? null, out });
    const started = { run, node, request, priority: options.priority, budget: budgetOf(plan) };
    if (options.detach) return await leave(engine, started, options.json);
    interrupt.beginKeeping(() => display.say('stopping: solvers hand back what they have, which is merged (Ctrl-C again leaves at once)'));
    const solving = engine.run({ ...started, onProgress: display.show, signal: interrupt.signal });
    return await finishRun(paths, { request, engine, display, out, json: options.json }, solving);
  } finally {
    display.end();
    await held?.release();
    interrupt.end();
  }
}

/** A run that nobody stays with needs a server that does. @throws CliError 'bad-input' */
async function checkDetach(engine: TrainOptions['engine']): Promise<void> {
  const why = engine === 'local' ? 'a run of --engine local lives in this process' : 'a server of this command\'s own would end with it';
  if (engine === 'local' || !(serverOfEnvironment() ?? (await findKeptStack(mipnetPaths())))) {
    throw new CliError('bad-input', `--detach: ${why}; run "mipnet up" first, or set TEMPORAL_ADDRESS, and use --engine temporal or auto`);
  }
}

/** Starts the run and says how to come back to it. */
async function leave(engine: Engine, started: RunToStart, json: boolean | undefined): Promise<number> {
  const { run } = started;
  try {
    if (engine.kind !== 'temporal') throw new CliError('failed', '--detach: the server went away while the run was prepared; run it again');
    await (engine as TemporalEngine).start(started);
    const uiUrl = engine.uiUrlOf(run);
    process.stdout.write(json ? `${JSON.stringify({ run, workflowId: run, uiUrl }, null, 2)}\n` : `${run} is started; "mipnet watch ${run}" shows it and writes its network\n`);
    return exitCode.done;
  } finally {
    await engine.close();
  }
}

/** Before a run, a store that does not answer is the wrong place; later it is bad luck. */
function refuseStore(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'unavailable') throw error;
  throw new CliError('bad-input', `the object store cannot be used: ${(error as Error).message}`, { cause: error });
}

/** The quick start without arguments may fall back to drawn digits; a data set or a folder that somebody named never does. */
async function loadForPlan(plan: Plan, options: TrainOptions, display: ProgressDisplay): Promise<{ plan: Plan; dataset: LoadedDataset }> {
  const named = options.set.some((setting) => /^dataset(\.name)?=/.test(setting));
  const quickstart = options.plan === undefined && options.preset === undefined && options.data === undefined && !named;
  try {
    return { plan, dataset: await loadChosenDataset(plan.dataset, options.data, display.say) };
  } catch (error) {
    if (!quickstart || (error as { code?: string }).code !== 'download') throw error;
    display.say(`training on \`digits\`, drawn by mipnet itself, because ${(error as Error).message}`);
    const fallback = { ...plan, dataset: { ...plan.dataset, name: 'digits' } };
    return { plan: fallback, dataset: await loadChosenDataset(fallback.dataset, options.data, display.say) };
  }
}
