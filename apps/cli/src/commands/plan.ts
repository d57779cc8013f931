import { LeafSlots, openAnyStore } from '@mipnet/activities';
import { noLeaves, type Solved } from '@mipnet/recursion';
import type { ObjectStore } from '@mipnet/object-store';
import {
  cellsOf,
  prepareRun,
  productsOf,
  putNode,
  readLeafData,
  sizeOfProblem,
  standIn,
  survey,
  unlimitedWarning,
  type Division,
  type LeafGroup,
  type Survey,
  type TrainingProblem,
} from '@mipnet/training';
import { costOfDivision, refusalOf, serverLimits, type DivisionCost } from '@mipnet/workflows';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { progressDisplay } from '../terminal/progress-display.js';
import { checkIndices } from './check-indices.js';
import { loadChosenDataset } from './data-options.js';
import { durationText, plainJson, plainText } from '@mipnet/text';
import { fitPreset } from './fit-preset.js';
import { readPlan, type PlanChoice } from './read-plan.js';

export interface PlanOptions extends PlanChoice {
  readonly dataset?: string;
  readonly data?: string;
  readonly json?: boolean;
  /** Of one solver slot for an hour, in any currency. */
  readonly price?: number;
  /** Longest time spent on solving one MIP of each kind, to measure; 0 measures nothing. Seconds. */
  readonly sample: number;
}

/** What a sample may take beyond twice its time before its thread is ended, seconds. */
const patienceSeconds = 5;

interface MipSize {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly nonZeros: number;
  readonly integers: number;
  /** Rows that are not known yet: an upper estimate. */
  readonly estimated: boolean;
}

type Measured = 'measured' | 'the time limit' | 'extrapolated to the work limit' | 'a lower bound';
type SecondsAre = Measured | `${Measured}, behind random weights` | 'unknown';

interface KindOfMip {
  readonly path: string;
  readonly count: number;
  readonly estimated: number;
  readonly typical: MipSize | null;
  readonly largest: MipSize;
  /** Of a typical one; null where none was measured. */
  readonly secondsEach: number | null;
  readonly secondsAre: SecondsAre;
  readonly solverSeconds: number | null;
}

/** What `plan --json` prints. */
export interface PlanReport {
  readonly plan: string;
  readonly dataset: { readonly name: string; readonly train: number };
  readonly subproblems: {
    readonly total: number;
    readonly estimated: number;
    readonly dividedNodes: number;
    readonly kinds: readonly KindOfMip[];
  };
  /**
   * `hours` of one slot is of the MIPs whose kind was measured; `unmeasured` ones come on top. `atLeast`: a MIP was not
   * solved by the end of its sample, so that hours and cost are lower bounds. `wallHours` on the cores of this machine.
   */
  readonly solver: {
    readonly hours: number;
    readonly atLeast: boolean;
    readonly wallHours: number;
    readonly unmeasured: number;
    readonly measuredOn: string;
  };
  /** That nothing limits the MIPs; null for a plan with a limit. */
  readonly warning: string | null;
  readonly cost: { readonly pricePerSlotHour: number; readonly total: number } | null;
  readonly largest: DivisionCost & { readonly parts: number; readonly node: string };
  readonly limits: typeof serverLimits;
}

/** `mipnet plan`: divides a plan as a run would, measures one MIP of each kind, and says what the run will cost. */
export async function plan(given: PlanOptions): Promise<number> {
  const options: PlanOptions =
    given.dataset === undefined ? given : { ...given, set: [...given.set, `dataset.name=${given.dataset}`] };
  const display = progressDisplay();
  const { plan: asked, indices, start } = await readPlan(options);
  const dataset = await loadChosenDataset(asked.dataset, options.data, display.say);
  const { plan: chosen, notes } = fitPreset(asked, dataset, options);
  notes.forEach(display.say);
  if (indices !== undefined) checkIndices(indices, dataset, chosen.dataset.indices);
  // Solver threads read from it, so it is a folder; nothing of it stays.
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-plan-'));
  try {
    const store = await openAnyStore(folder);
    const { problem } = await prepareRun(chosen, dataset, store, indices, start);
    const surveyed = await survey(store, problem);
    refuseTooLarge(surveyed);
    const warning = unlimitedWarning(chosen);
    if (warning !== undefined) display.say(warning);
    const kinds: KindOfMip[] = [];
    for (const group of surveyed.groups) {
      display.say(`measuring ${group.path}`);
      kinds.push(await kindOf(store, group, options.sample));
    }
    const about = {
      plan: chosen.name,
      dataset: { name: dataset.name, train: problem.view.rows.length },
      warning: warning ?? null,
    };
    const report = reportOf(about, surveyed, kinds, options);
    process.stdout.write(options.json ? plainJson(report) : plainText(textOf(report)));
    return exitCode.done;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of one MIP; at ten times as many the encoder takes 5 GB. */
const mostProducts = 2 ** 25;

/**
 * Refuses what would break a limit of the Temporal server or the memory of a worker, before anything is started.
 * @throws CliError 'bad-input' that says what to change
 */
export function refuseTooLarge({ widest, groups }: Pick<Survey, 'widest' | 'groups'>): void {
  for (const {
    path,
    largest: { problem, cells },
  } of groups) {
    const products = productsOf(problem, cells);
    if (products <= mostProducts) continue;
    throw new CliError(
      'bad-input',
      `${path}: one MIP would have ${products.toLocaleString('en-US')} products of a weight and an input of a sample; at most ${mostProducts.toLocaleString('en-US')} are supported: ` +
        'make network.*.dense smaller, take fewer samples (dataset.perClass), or add splits',
    );
  }
  for (const division of widest) {
    const refusal = refusalOf(division.name, division.parts, costOf(division));
    if (refusal !== undefined) throw new CliError('bad-input', refusal);
  }
}

const costOf = ({ name, parts, leaves }: Division): DivisionCost => costOfDivision(parts, leaves, bytesOfResult(name));

/** The JSON of a part's result, as a merge is told it; names of parts are about as long as those of their nodes. */
function bytesOfResult(name: string): number {
  const ref = { key: `incumbents/${'0'.repeat(64)}`, sha256: '0'.repeat(64), bytes: 1_000_000 };
  const third = 1 / 3;
  const solved: Solved = {
    name: `${name}, part 1234`,
    incumbent: ref,
    objective: 1000 * third,
    bound: 999 * third,
    accuracy: { train: third, validation: third },
    leaves: { ...noLeaves, feasible: 1000, reused: 1000 },
    seconds: { solver: 1000 * third, merge: third },
    stopped: false,
  };
  return JSON.stringify(solved).length + 1;
}

async function kindOf(store: ObjectStore, group: LeafGroup, sampleSeconds: number): Promise<KindOfMip> {
  const sized = await sizesOf(store, group.known);
  const known = sized[sized.length >> 1];
  const problem = known?.problem ?? (await standIn(store, group.largest.problem, group.frozen));
  const measured = sampleSeconds > 0 ? await secondsOf(store, problem, sampleSeconds) : undefined;
  const how = measured && (known ? measured.how : (`${measured.how}, behind random weights` as const));
  const largest = !known
    ? { ...(await sizeOf(store, problem)), estimated: true }
    : group.known.includes(group.largest.problem)
      ? sized.at(-1)!.size
      : guessOf(group);
  return {
    path: group.path,
    count: group.count,
    estimated: group.estimated,
    typical: known?.size ?? null,
    largest,
    ...(measured && how
      ? {
          secondsEach: measured.seconds,
          secondsAre: how,
          solverSeconds: (measured.seconds * group.cells) / (known ? cellsOf(known.problem) : group.largest.cells),
        }
      : { secondsEach: null, secondsAre: 'unknown', solverSeconds: null }),
  };
}

/** Of many leaves those with the most samples and inputs are sized: it takes their rows. */
const sizedAtMost = 100;

/** The smallest model first: leaves with as many samples differ in the inputs that are live. */
async function sizesOf(
  store: ObjectStore,
  problems: readonly TrainingProblem[],
): Promise<readonly { readonly problem: TrainingProblem; readonly size: MipSize }[]> {
  const sized: { problem: TrainingProblem; size: MipSize }[] = [];
  for (const problem of [...problems].sort((a, b) => cellsOf(b) - cellsOf(a)).slice(0, sizedAtMost))
    sized.push({ problem, size: await sizeOf(store, problem) });
  return sized.sort((a, b) => a.size.nonZeros - b.size.nonZeros);
}

async function sizeOf(store: ObjectStore, problem: TrainingProblem): Promise<MipSize> {
  return { name: problem.name, ...sizeOfProblem(problem, await readLeafData(store, problem)), estimated: false };
}

/** A MIP whose rows are not known: every sample a row with all inputs. */
function guessOf({ largest: { problem, cells } }: LeafGroup): MipSize {
  const samples = problem.view.rows.length * (1 + problem.view.shifts);
  const inputs = Math.round(cells / samples);
  return {
    name: problem.name,
    columns: 2 * inputs + samples + 1,
    rows: samples + 2 * inputs,
    nonZeros: cells + 2 * samples + 4 * inputs,
    integers: inputs,
    estimated: true,
  };
}

/**
 * Solves one MIP as a worker would, for a while. One that is not done by then is put at its time limit, or at the seconds
 * its work limit takes at the speed so far. Processor seconds: what else runs here does not count.
 */
async function secondsOf(
  store: ObjectStore,
  problem: TrainingProblem,
  longest: number,
): Promise<{ readonly seconds: number; readonly how: Measured }> {
  const node = await putNode(store, { ...problem, limits: { ...problem.limits, reuse: false } });
  const slot = new LeafSlots(store, 1);
  const stop = new AbortController();
  const began = process.cpuUsage();
  const spent = (): number => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  let work = 0;
  let ended = false;
  const watching = setInterval(() => {
    if (spent() > longest) stop.abort();
    // Writing down a large model or its first relaxation listens to nobody.
    if (spent() > 2 * longest + patienceSeconds) {
      ended = true;
      void slot.close();
    }
  }, 100);
  try {
    const solved = await slot
      .solve(node, { onProgress: (progress) => (work = progress.work), signal: stop.signal })
      .catch((error: unknown) => {
        if (!ended) throw error;
        return undefined;
      });
    // The thread has to load the solver first, which a worker does once.
    const seconds = Math.min(spent(), solved?.seconds.solver ?? Infinity);
    const { timeLimit, workLimit } = problem.limits;
    if (solved && !solved.stopped) return { seconds, how: 'measured' };
    if (timeLimit !== undefined) return { seconds: Math.max(seconds, timeLimit), how: 'the time limit' };
    return workLimit !== undefined && work > 0
      ? { seconds: seconds * Math.max(1, workLimit / work), how: 'extrapolated to the work limit' }
      : { seconds, how: 'a lower bound' };
  } finally {
    clearInterval(watching);
    await slot.close();
  }
}

function reportOf(
  about: Pick<PlanReport, 'plan' | 'dataset' | 'warning'>,
  { groups, nodes, widest }: Survey,
  kinds: readonly KindOfMip[],
  options: PlanOptions,
): PlanReport {
  const total = (of: (group: LeafGroup) => number): number => groups.reduce((sum, group) => sum + of(group), 0);
  const hours = kinds.reduce((sum, { solverSeconds }) => sum + (solverSeconds ?? 0), 0) / 3600;
  const unmeasured = kinds.reduce((sum, { solverSeconds, count }) => sum + (solverSeconds === null ? count : 0), 0);
  const costs = widest.map((division) => ({ ...costOf(division), parts: division.parts, node: division.name }));
  const most = (of: (cost: DivisionCost) => number): number => Math.max(0, ...costs.map(of));
  const widestOf = [...costs].sort((a, b) => b.parts - a.parts)[0];
  return {
    ...about,
    subproblems: {
      total: total(({ count }) => count),
      estimated: total(({ estimated }) => estimated),
      dividedNodes: nodes,
      kinds,
    },
    solver: {
      hours,
      atLeast: kinds.some(isLowerBound),
      wallHours: wallHours(hours, kinds),
      unmeasured,
      measuredOn: `${cpus()[0]?.model ?? 'this machine'}, one core, one MIP of each kind for at most ${options.sample} s`,
    },
    cost: options.price === undefined ? null : { pricePerSlotHour: options.price, total: hours * options.price },
    largest: {
      historyEvents: most(({ historyEvents }) => historyEvents),
      historyBytes: most(({ historyBytes }) => historyBytes),
      payloadBytes: most(({ payloadBytes }) => payloadBytes),
      parts: widestOf?.parts ?? 1,
      node: widestOf?.node ?? about.plan,
    },
    limits: serverLimits,
  };
}

/** The sample ended before the MIP did, and no limit says when the MIP ends. */
const isLowerBound = ({ secondsAre }: Pick<KindOfMip, 'secondsAre'>): boolean => secondsAre.startsWith('a lower bound');

/** One MIP does not spread over cores: a run takes at least as long as its longest MIP. */
export const wallHours = (
  hours: number,
  kinds: readonly Pick<KindOfMip, 'secondsEach'>[],
  cores = availableParallelism(),
): number => Math.max(hours / cores, ...kinds.map(({ secondsEach }) => (secondsEach ?? 0) / 3600));

function secondsText({ secondsEach, secondsAre }: KindOfMip): string {
  if (secondsEach === null) return 'not measured';
  if (!isLowerBound({ secondsAre })) return `${secondsEach.toFixed(2)} s (${secondsAre})`;
  return `at least ${secondsEach.toFixed(2)} s (not solved within the sample${secondsAre.slice('a lower bound'.length)})`;
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

function textOf({ plan: name, dataset, subproblems, solver, cost, largest, limits }: PlanReport): string {
  const sizeText = ({ columns, rows, nonZeros, estimated }: MipSize): string =>
    `${estimated ? 'about ' : ''}${columns} columns, ${rows} rows, ${nonZeros} non-zeros`;
  const atLeast = solver.atLeast ? 'at least ' : '';
  const kinds = subproblems.kinds.flatMap((kind) => [
    `  ${kind.path}: ${kind.count}${kind.estimated > 0 ? `, ${kind.estimated} of them estimated` : ''}`,
    ...(kind.typical ? [`    typical  ${sizeText(kind.typical)}`] : []),
    `    largest  ${sizeText(kind.largest)}`,
    `    each     ${secondsText(kind)}`,
  ]);
  // Nothing is divided, so no history grows with the plan.
  const isWhole = subproblems.dividedNodes === 0 && subproblems.total === 1;
  const lines = [
    `plan         ${name}, ${dataset.train} training samples of ${dataset.name}`,
    `subproblems  ${isWhole ? '1 MIP, not divided' : `${subproblems.total} MIPs from ${subproblems.dividedNodes} divided nodes`}${subproblems.estimated > 0 ? `; ${subproblems.estimated} of them depend on what others find: at most so many` : ''}`,
    ...kinds,
    `solver time  ${atLeast}${durationText(solver.hours * 3600)} of one slot, ${atLeast}${durationText(solver.wallHours * 3600)} on the ${availableParallelism()} cores of this machine`,
    ...(solver.atLeast
      ? ['             no estimate: a MIP was not solved within its sample, and nothing limits it']
      : []),
    ...(solver.unmeasured > 0
      ? [`             and ${solver.unmeasured} ${solver.unmeasured === 1 ? 'MIP' : 'MIPs'} without a measurement`]
      : []),
    `             measured on ${solver.measuredOn}`,
    ...(cost === null
      ? []
      : [`cost         ${atLeast}${Number(cost.total.toPrecision(2))} at ${cost.pricePerSlotHour} a slot and hour`]),
    ...(isWhole
      ? []
      : [
          `largest      ${largest.parts} parts of one node (${largest.node}); at most ${largest.historyEvents} of ${limits.historyEvents} events and ${megabytes(largest.historyBytes)} of ${megabytes(limits.historyBytes)} MB in a history, ${largest.payloadBytes} of ${limits.payloadBytes} bytes a message`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}
