import type { LoadedDataset } from '@mipnet/dataset';
import { selectRows } from '@mipnet/dataset';
import { networkDomain, nonZeroCount, parameterCount, type Network } from '@mipnet/network';
import { countLeaves, type Solved } from '@mipnet/recursion';
import { openAnyStore } from '@mipnet/activities';
import { getIncumbent, prepareRun, type Plan, type View } from '@mipnet/training';
import { relativeGap } from '@mipnet/workflows';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { chooseEngine } from '../engine/choose-engine.js';
import type { Engine } from '../engine/engine.js';
import { storeOfRun } from '../engine/store-of-run.js';
import { exitCode } from '../exit-code.js';
import { onInterrupt } from '../interrupt.js';
import { mipnetPaths } from '../paths.js';
import { durationText, progressDisplay, type ProgressDisplay } from '../terminal/progress-display.js';
import { checkIndices } from './check-indices.js';
import { loadChosenDataset } from './data-options.js';
import { countCorrect, readNetwork } from './evaluate-network.js';
import { readPlan, type PlanChoice } from './read-plan.js';
import { checkOut, writeNetwork } from './write-network.js';

export interface TrainOptions extends PlanChoice {
  /** Short for `--set dataset.name=`. */
  readonly dataset?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store?: string;
  readonly slots: number;
  readonly data?: string;
}

/** What `train --json` prints: part of the command's contract. */
export interface TrainReport {
  readonly run: string;
  readonly workflowId: string | null;
  readonly dataset: { readonly name: string; readonly train: number; readonly test: number };
  readonly network: { readonly file: string; readonly parameters: number; readonly nonZero: number; readonly domain: string };
  readonly accuracy: { readonly train: number | null; readonly validation: number | null; readonly test: number | null };
  readonly objective: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly subproblems: { readonly total: number; readonly optimal: number; readonly feasible: number; readonly unresolved: number; readonly failed: number; readonly reused: number };
  readonly seconds: { readonly wall: number; readonly solver: number; readonly merge: number };
  readonly uiUrl: string | null;
}

/** `mipnet train`: from a plan to a network file. Whatever can be wrong with the input is found before anything is started. */
export async function train(given: TrainOptions): Promise<number> {
  const began = performance.now();
  const options: TrainOptions = given.dataset === undefined ? given : { ...given, set: [...given.set, `dataset.name=${given.dataset}`] };
  const display = progressDisplay();
  const interrupt = onInterrupt(display.say);
  let engine: Engine | undefined;
  try {
    const { plan: asked, indices } = await readPlan(options);
    const out = options.out === undefined ? undefined : await checkOut(options.out);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const { plan, dataset } = await loadForPlan(asked, options, display);
    if (indices !== undefined) checkIndices(indices, dataset, plan.dataset.indices);
    const { node, problem } = await prepareRun(plan, dataset, store, indices).catch(refuseStore);
    display.say(`training ${plan.name} on ${problem.view.rows.length} samples of ${dataset.name}`);
    engine = await chooseEngine({ engine: options.engine, store, storeUrl, slots: options.slots, say: display.say });
    const run = nameOfRun(plan.name);
    const uiUrl = engine.uiUrlOf(run);
    if (uiUrl) display.say(`watch it at ${uiUrl}`);
    interrupt.beginKeeping(() => display.say('stopping: solvers hand back what they have, which is merged (Ctrl-C again leaves at once)'));
    const solved = await engine.run({ run, node, onProgress: display.show, signal: interrupt.signal });
    display.end();
    if (!solved.incumbent) throw withoutNetwork(solved);
    const { network } = await getIncumbent(store, solved.incumbent);
    const file = out ?? join(mipnetPaths().data, 'networks', `${run}.onnx`);
    await writeNetwork(file, { ...network, metadata: { name: plan.name, dataset: dataset.name, classes: dataset.classes.join(',') } });
    const report = await reportOf({ run, engine, uiUrl, solved, file, dataset, view: problem.view, wall: (performance.now() - began) / 1000 });
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : summaryOf(report, solved.stopped));
    return solved.stopped ? exitCode.stopped : exitCode.done;
  } finally {
    display.end();
    await engine?.close();
    interrupt.end();
  }
}

/** Unique, and in order of time within a second. */
function nameOfRun(plan: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+Z/g, '').replace('T', '-');
  return `${plan}-${time}-${randomBytes(2).toString('hex')}`;
}

/** Before a run, a store that does not answer is the wrong place; later it is bad luck. */
function refuseStore(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'unavailable') throw error;
  throw new CliError('bad-input', `the object store cannot be used: ${(error as Error).message}`, { cause: error });
}

function withoutNetwork({ leaves, stopped }: Solved): CliError {
  if (stopped) return new CliError('failed', 'the run was stopped before the first MIP had a solution, so there is no network');
  return new CliError('failed', `no usable network: ${countLeaves(leaves)} MIPs ended, ${leaves.failed} of them failed; the logs of the workers say why`);
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

interface Ended {
  readonly run: string;
  readonly engine: Engine;
  readonly uiUrl: string | null;
  readonly solved: Solved;
  readonly file: string;
  readonly dataset: LoadedDataset;
  readonly view: View;
  readonly wall: number;
}

/** Every figure from the final file: the network is read back and run. */
async function reportOf({ run, engine, uiUrl, solved, file, dataset, view, wall }: Ended): Promise<TrainReport> {
  const network = await readNetwork(file);
  const share = (rows: Int32Array): number | null => (rows.length === 0 ? null : countCorrect(network, selectRows(dataset.train, rows)) / rows.length);
  return {
    run,
    workflowId: engine.kind === 'temporal' ? run : null,
    dataset: { name: dataset.name, train: view.rows.length, test: dataset.test?.count ?? 0 },
    network: { file, ...sizesOf(network) },
    accuracy: { train: share(view.rows), validation: share(view.validationRows), test: dataset.test ? countCorrect(network, dataset.test) / dataset.test.count : null },
    objective: solved.objective,
    bound: solved.bound,
    gap: relativeGap(solved.objective, solved.bound),
    subproblems: { total: countLeaves(solved.leaves), ...solved.leaves, reused: solved.leaves.reused ?? 0 },
    seconds: { wall, ...solved.seconds },
    uiUrl,
  };
}

const sizesOf = (network: Network): Pick<TrainReport['network'], 'parameters' | 'nonZero' | 'domain'> => ({
  parameters: parameterCount(network), nonZero: nonZeroCount(network), domain: networkDomain(network),
});

function summaryOf(report: TrainReport, stopped: boolean): string {
  const percent = (share: number | null): string => (share === null ? 'none' : `${(100 * share).toFixed(2)}%`);
  const { accuracy, subproblems, seconds, network, dataset } = report;
  const lines = [
    `accuracy     ${percent(accuracy.test)} on ${dataset.test} test samples, ${percent(accuracy.validation)} on validation, ${percent(accuracy.train)} on the ${dataset.train} training samples`,
    `objective    ${report.objective?.toFixed(3) ?? 'none'}, proven bound ${report.bound?.toFixed(3) ?? 'none'}, gap ${percent(report.gap)}`,
    `subproblems  ${subproblems.total}: ${subproblems.optimal} proven optimal, ${subproblems.feasible} feasible with a bound, ${subproblems.unresolved} unresolved, ${subproblems.failed} failed${subproblems.reused > 0 ? `; ${subproblems.reused} taken from earlier runs (--set solver.reuse=false solves them again)` : ''}`,
    `network      ${network.parameters} parameters, ${network.nonZero} not zero, weights ${network.domain}`,
    `time         ${durationText(seconds.wall)} (solvers ${seconds.solver.toFixed(1)} s, merging ${seconds.merge.toFixed(1)} s)`,
    `file         ${network.file}`,
    `check it     ./mipnet evaluate ${network.file} --dataset ${dataset.name}`,
  ];
  return `${stopped ? 'stopped early; this is the best network so far\n' : ''}${lines.join('\n')}\n`;
}
