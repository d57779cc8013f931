// Tested by ../e2e/train.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import {
  beginRun,
  checkDetach,
  collectRun,
  driveRun,
  leaveRun,
  refuseStore,
  shortReading,
  storeOfRun,
  type BeginOptions,
  type Collected,
  type RunInHand,
  type Watcher,
} from '@mipnet/runs';
import { originOf, type EndedRun } from '@mipnet/runs/records';
import { budgetOf, prepareRun, outlineTree, unlimitedWarning } from '@mipnet/training';
import { resolve } from 'node:path';
import { dataFileHashes } from '../data/file-hash.js';
import { checkIndices } from '../plan/check-indices.js';
import { planForData } from '../plan/plan-for-data.js';
import { pathsOf, readPlan, withSolver, withSource, type SourceChoice } from '../plan/read-plan.js';
import { refuseTooLarge } from '../plan/refuse-too-large.js';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { announced } from '../terminal/announced.js';

/** What is trained, on what and by what: the options of the command. */
export interface TrainChoice extends SourceChoice, BeginOptions {
  readonly out?: string;
  /** Where to write the plan. */
  readonly planOut?: string;
  readonly store?: string;
  readonly data?: string;
}

/** From a plan to a network file. Faults of the input are found before anything is started. */
export async function trainNetwork(choice: TrainChoice, watcher: Watcher): Promise<Collected> {
  const { hand, out } = await beginTraining(choice, watcher);
  const collect = (ended: EndedRun): Promise<Collected> =>
    announced(watcher.say, 'testing the network', () => collectRun(hand.paths, ended, out));
  return driveRun(hand, collect);
}

/** Starts a run on a server that keeps running, and returns at once. @throws RunError 'bad-input' without a server */
export async function leaveTraining(
  choice: TrainChoice,
  watcher: Watcher,
): Promise<Awaited<ReturnType<typeof leaveRun>> & { readonly out?: string }> {
  const { hand, out } = await beginTraining(choice, watcher, () => checkDetach(choice.engine));
  return { ...(await leaveRun(hand)), out };
}

/** Reads, loads, prepares and begins. @param check is called before the data is read, which may take long */
async function beginTraining(
  given: TrainChoice,
  watcher: Watcher,
  check?: () => Promise<void>,
): Promise<{ readonly hand: RunInHand; readonly out?: string }> {
  const startedAt = new Date().toISOString();
  const options = withSolver(withSource(given));
  const { say, signal } = watcher;
  const read = await readPlan(options);
  const { indices, start } = read;
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  await check?.();
  const storeUrl = await storeOfRun(options.engine, options.store);
  const store = await openAnyStore(storeUrl);
  const { plan, written, dataset, notes } = await announced(
    say,
    read.isOpen ? 'choosing a plan' : 'reading the data',
    () => planForData(read, options, { say, stopped: () => signal.aborted }),
  );
  if (indices !== undefined) checkIndices(indices, dataset, plan.dataset.indices);
  const { node, problem } = await announced(say, 'storing the data', () =>
    prepareRun(plan, dataset, store, indices, start).catch(refuseStore),
  );
  refuseTooLarge(await announced(say, 'counting the MIPs', () => outlineTree(store, problem)));
  const warning = unlimitedWarning(plan);
  if (warning !== undefined) say(warning);
  if (signal.aborted) throw new CliError('failed', 'stopped before the training began');
  say(`training ${plan.name} on ${problem.view.rows.length} samples of ${dataset.name}`);
  const asWritten = { ...plan, start: written.start, dataset: { ...plan.dataset, ...pathsOf(written) } };
  const origin = originOf(asWritten, dataset, await dataFileHashes(plan.dataset));
  const dataFolder = options.data === undefined ? undefined : resolve(options.data);
  const request = { kind: 'train', plan, origin, dataFolder, reading: shortReading(notes) };
  const prepared = { asked: request, node, store, storeUrl, startedAt, out, budget: budgetOf(plan) };
  return { hand: await beginRun(prepared, options, watcher), out };
}
