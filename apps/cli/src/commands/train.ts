import type { LoadedDataset } from '@mipnet/dataset';
import { openAnyStore } from '@mipnet/activities';
import { prepareRun, survey, unlimitedWarning, type Plan } from '@mipnet/training';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { storeOfRun } from '../engine/store-of-run.js';
import { onInterrupt } from '../interrupt.js';
import { originOf } from '../runs/network-origin.js';
import { checkDetach, startRun, type StartOptions } from '../runs/start-run.js';
import { progressDisplay, type ProgressDisplay } from '../terminal/progress-display.js';
import { checkIndices } from './check-indices.js';
import { dataFileHashes } from './file-hash.js';
import { refuseTooLarge } from './plan.js';
import { loadChosenDataset } from './data-options.js';
import { fitPreset } from './fit-preset.js';
import { isTyped, readPlan, type PlanChoice } from './read-plan.js';
import { checkOut } from './write-network.js';

export interface TrainOptions extends PlanChoice, StartOptions {
  /** Short for `--set dataset.name=`. */
  readonly dataset?: string;
  readonly out?: string;
  readonly store?: string;
  readonly data?: string;
}

/** `mipnet train`: from a plan to a network file. Whatever can be wrong with the input is found before anything is started. */
export async function train(given: TrainOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const options: TrainOptions =
    given.dataset === undefined ? given : { ...given, set: [...given.set, `dataset.name=${given.dataset}`] };
  const display = progressDisplay();
  const interrupt = onInterrupt(display.say);
  try {
    const { plan: asked, written, indices, start, notes: chosen } = await readPlan(options);
    chosen.forEach(display.say);
    const out = options.out === undefined ? undefined : await checkOut(options.out);
    if (options.detach) await checkDetach(options.engine);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const { plan, dataset, notes } = await loadForPlan(asked, options, display);
    if (indices !== undefined) checkIndices(indices, dataset, plan.dataset.indices);
    const { node, problem } = await prepareRun(plan, dataset, store, indices, start).catch(refuseStore);
    refuseTooLarge(await survey(store, problem));
    const warning = unlimitedWarning(plan);
    if (warning !== undefined) display.say(warning);
    display.say(`training ${plan.name} on ${problem.view.rows.length} samples of ${dataset.name}`);
    const origin = originOf(
      { ...plan, start: written.start, dataset: { ...plan.dataset, ...pathsOf(written) } },
      dataset,
      await dataFileHashes(plan.dataset),
    );
    const dataFolder = options.data === undefined ? undefined : resolve(options.data);
    return await startRun(
      {
        asked: { kind: 'train', plan, origin, dataFolder, reading: [...chosen, ...notes] },
        node,
        store,
        storeUrl,
        startedAt,
        out,
      },
      options,
      display,
      interrupt,
    );
  } finally {
    display.end();
    interrupt.end();
  }
}

/** Before a run, a store that does not answer is the wrong place; later it is bad luck. */
function refuseStore(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'unavailable') throw error;
  throw new CliError('bad-input', `the object store cannot be used: ${(error as Error).message}`, { cause: error });
}

/** Paths of the data as somebody wrote them: the network's file names them so. */
const pathsOf = ({ dataset: { file, test, indices } }: Plan): Partial<Plan['dataset']> => ({ file, test, indices });

interface PlanWithData {
  readonly plan: Plan;
  readonly dataset: LoadedDataset;
  /** What was decided about the data and said. */
  readonly notes: readonly string[];
}

/** The quick start without arguments may fall back to drawn digits; a data set or a folder that somebody named never does. */
async function loadForPlan(asked: Plan, options: TrainOptions, display: ProgressDisplay): Promise<PlanWithData> {
  const named = isTyped('dataset.name', options.set);
  const quickstart = options.plan === undefined && options.preset === undefined && options.data === undefined && !named;
  try {
    const dataset = await loadChosenDataset(asked.dataset, options.data, display.say);
    const { plan, notes } = fitPreset(asked, dataset, options);
    notes.forEach(display.say);
    return { plan, dataset, notes: [...dataset.notes, ...notes] };
  } catch (error) {
    if (!quickstart || (error as { code?: string }).code !== 'download') throw error;
    const note = `training on \`digits\`, drawn by mipnet itself, because ${(error as Error).message}`;
    display.say(note);
    const fallback = { ...asked, dataset: { ...asked.dataset, name: 'digits' } };
    const dataset = await loadChosenDataset(fallback.dataset, options.data, display.say);
    return { plan: fallback, dataset, notes: [note, ...dataset.notes] };
  }
}
