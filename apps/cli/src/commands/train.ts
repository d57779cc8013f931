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
} from '@mipnet/runs';
import { originOf } from '@mipnet/runs/records';
import { budgetOf, prepareRun, outlineTree, unlimitedWarning } from '@mipnet/training';
import { resolve } from 'node:path';
import { dataFileHashes } from '../data/file-hash.js';
import { checkIndices } from '../plan/check-indices.js';
import { planForData } from '../plan/plan-for-data.js';
import { pathsOf, readPlan, withSolver, withSource, type SourceChoice } from '../plan/read-plan.js';
import { refuseTooLarge } from '../plan/refuse-too-large.js';
import { checkOut } from '../program/check-out.js';
import { printCollected } from '../terminal/print-collected.js';
import { printLeft } from '../terminal/print-left.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface TrainOptions extends SourceChoice, BeginOptions {
  readonly out?: string;
  /** Where to write the plan. */
  readonly planOut?: string;
  readonly store?: string;
  readonly data?: string;
  readonly json?: boolean;
  /** Starts the run on a server that keeps running, and returns at once. */
  readonly detach?: boolean;
}

/** `mipnet train`: from a plan to a network file. Faults of the input are found before anything is started. */
export async function train(given: TrainOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const options = withSolver(withSource(given));
  const { json, detach } = options;
  const watcher = watchFromTerminal();
  const { say } = watcher;
  try {
    const read = await readPlan(options);
    const { indices, start } = read;
    const out = options.out === undefined ? undefined : await checkOut(options.out);
    if (detach) await checkDetach(options.engine);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const { plan, written, dataset, notes } = await planForData(read, options, {
      say,
      stopped: () => watcher.signal.aborted,
    });
    if (indices !== undefined) checkIndices(indices, dataset, plan.dataset.indices);
    const { node, problem } = await prepareRun(plan, dataset, store, indices, start).catch(refuseStore);
    refuseTooLarge(await outlineTree(store, problem));
    const warning = unlimitedWarning(plan);
    if (warning !== undefined) say(warning);
    say(`training ${plan.name} on ${problem.view.rows.length} samples of ${dataset.name}`);
    const asWritten = { ...plan, start: written.start, dataset: { ...plan.dataset, ...pathsOf(written) } };
    const origin = originOf(asWritten, dataset, await dataFileHashes(plan.dataset));
    const dataFolder = options.data === undefined ? undefined : resolve(options.data);
    const request = { kind: 'train', plan, origin, dataFolder, reading: shortReading(notes) };
    const prepared = { asked: request, node, store, storeUrl, startedAt, out, budget: budgetOf(plan) };
    const hand = await beginRun(prepared, options, watcher);
    if (detach) return printLeft(await leaveRun(hand), json, out);
    return await driveRun(hand, async (ended) => printCollected(await collectRun(hand.paths, ended, out), json, say));
  } finally {
    watcher.close();
  }
}
