import { openAnyStore } from '@mipnet/activities';
import type { LoadedDataset, Samples } from '@mipnet/dataset';
import { toOnnx, type Network } from '@mipnet/network';
import { ensureStoreId } from '@mipnet/object-store';
import { trainingOf, type StudyPlan, type StudySubject } from '@mipnet/study';
import { fileNetwork, getIncumbent, prepareRun, type Plan } from '@mipnet/training';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { LocalEngine, failedLine } from '@mipnet/runs';
import { mipnetPaths, privateFile } from '@mipnet/stack/folders';
import { originOf, readNetwork, writeNetwork } from '@mipnet/runs/records';
import { version } from '../program/version.js';
import { loadChosenDataset } from '../data/load-data.js';
import { metricsOn } from '../data/metrics-on.js';
import { dataFileHashes } from '../data/file-hash.js';
import { checkStorePlace, storePlace } from '@mipnet/stack';

export interface SubjectOptions {
  /** Networks of the plan that are files: see `givenNetworks`. */
  readonly given: ReadonlyMap<string, Network>;
  readonly slots: number;
  readonly data?: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * The networks that a study's plan names as files, relative to `from`, by their names in the plan.
 * @throws CliError 'bad-input'
 */
export async function givenNetworks(plan: StudyPlan, from: string): Promise<Map<string, Network>> {
  const given = new Map<string, Network>();
  for (const entry of plan.networks)
    if ('file' in entry && entry.file !== undefined)
      given.set(entry.name, await readNetwork(resolve(from, entry.file)));
  return given;
}

/** The networks of a study: read from ONNX files, or trained by their plans once and kept. */
export async function studySubjects(
  plan: StudyPlan,
  dataset: LoadedDataset,
  options: SubjectOptions,
): Promise<StudySubject[]> {
  const subjects: StudySubject[] = [];
  for (const entry of plan.networks) {
    const training = trainingOf(plan, entry);
    const network =
      training === undefined ? options.given.get(entry.name)! : await trainedNetwork(training, dataset, options);
    const accuracy = dataset.test
      ? `, ${(100 * (await accuracyOf(network, dataset.test))).toFixed(1)}% of the test samples right`
      : '';
    options.say(`network ${entry.name}${accuracy}`);
    subjects.push({ name: entry.name, network });
  }
  return subjects;
}

const accuracyOf = async (network: Network, samples: Samples): Promise<number> =>
  (await metricsOn({ bytes: toOnnx(network), network }, samples)).accuracy;

/** A plan with a work limit always trains the same network, so it is kept under the hash of the plan. */
async function trainedNetwork(plan: Plan, shown: LoadedDataset, options: SubjectOptions): Promise<Network> {
  if (plan.dataset.deskew === true)
    throw new CliError('bad-input', 'training.dataset.deskew: a study asks about images as they are; leave it out');
  const hash = createHash('sha256')
    .update(JSON.stringify([version, plan]))
    .digest('hex');
  const file = join(mipnetPaths().cache, 'networks', `${hash}.onnx`);
  if (existsSync(file)) return readNetwork(file);
  if (options.signal.aborted) throw stoppedInTraining(plan);
  const place = storePlace(undefined);
  await checkStorePlace(place);
  const store = await openAnyStore(place);
  const dataset =
    plan.dataset.name === shown.name ? shown : await loadChosenDataset(plan.dataset, options.data, options.say);
  const { node, problem } = await prepareRun(plan, dataset, store);
  options.say(`training ${plan.name} on ${problem.view.rows.length} samples of ${dataset.name}`);
  const engine = new LocalEngine(store, options.slots);
  try {
    const identity = await ensureStoreId(store);
    const solved = await engine.run({
      run: plan.name,
      node,
      store: identity,
      onProgress: () => undefined,
      signal: options.signal,
    });
    const { incumbent, stopped } = solved;
    if (stopped) throw stoppedInTraining(plan);
    // The file is kept under the plan's hash, so it must be the complete result of the plan.
    const failed = failedLine(solved);
    if (failed !== undefined) throw new CliError('failed', `the training of ${plan.name}: ${failed}`);
    if (!incumbent) throw new CliError('failed', `the training of ${plan.name} found no network; change its plan`);
    const { network } = await getIncumbent(store, incumbent);
    const origin = originOf(plan, dataset, await dataFileHashes(plan.dataset));
    const metadata = { name: plan.name, dataset: dataset.name, classes: dataset.classes.join(','), ...origin };
    await writeNetwork(file, { ...fileNetwork(network, dataset.train.columns), metadata }, privateFile);
  } finally {
    await engine.close();
  }
  return readNetwork(file);
}

const stoppedInTraining = ({ name }: Plan): CliError =>
  new CliError('failed', `stopped while ${name} was trained, before anything was measured`);
