import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import { sumOfParts, type Merged, type ProblemNode, type RoundState, type Solved } from '@mipnet/recursion';
import { accuracyOn, getIncumbent, getProblem, putProblem, putTrace, type TrainingProblem } from '@mipnet/training';
import { keptOf } from '../problem/rungs.js';
import { scaledProblem } from '../problem/scaled-problem.js';
import {
  getCell,
  getResult,
  getSweep,
  putResult,
  type Cell,
  type FinalRun,
  type RungResult,
  type RungRun,
  type SweepProblem,
  type SweepResult,
} from '../problem/sweep-problem.js';
import { finalJobs, isWhole, partName, rungJobs, type Job } from './jobs.js';
import { ranked, spreadOf } from './score.js';

// A sweep is a tree of trainings. Its rounds are the rungs of successive halving, whose parts are the settings that are
// left, on every repeat and fold; the last round trains the best setting of each division on all training rows. Only
// validation rows (or folds of training rows) decide, never test rows.

const nothingYet: SweepResult = { rungs: [], chosen: [], finals: [] };

const resultSoFar = async (store: ObjectStore, { current }: RoundState): Promise<SweepResult> =>
  current?.incumbent ? getResult(store, current.incumbent) : nothingYet;

/** The trainings of a round: nodes of the kind `train`. */
export async function divideNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
): Promise<readonly ProblemNode[]> {
  const sweep = await getSweep(store, node.problem);
  const result = await resultSoFar(store, state);
  const isRung = state.round < sweep.rungs.scales.length;
  const jobs = isRung
    ? rungJobs(sweep, result.rungs.at(-1))
    : jobsOf(result.finals.filter(({ incumbent }) => !incumbent));
  const parts: ProblemNode[] = [];
  for (const job of jobs) {
    const cell = await getCell(store, sweep.cells[job.setting][job.repeat]);
    parts.push({
      kind: 'train',
      name: partName(sweep, job),
      problem: isRung ? await problemRef(store, sweep, { job, cell, round: state.round }) : cell.final,
      ...cell.node,
      ...(cell.budget === undefined ? {} : { budget: cell.budget }),
    });
  }
  return parts;
}

const jobsOf = (finals: readonly FinalRun[]): Job[] =>
  finals.map(({ setting, repeat }) => ({ setting, repeat, fold: null }));

interface InRound {
  readonly job: Job;
  readonly cell: Cell;
  readonly round: number;
}

/** What a training of a rung is about. */
async function problemOf(
  store: ObjectStore,
  { rungs, folds, seed }: SweepProblem,
  { job, cell, round }: InRound,
): Promise<TrainingProblem> {
  const problem = await getProblem(store, cell.search);
  const fold = job.fold === null ? {} : { fold: { number: job.fold, of: folds } };
  return scaledProblem(problem, { by: rungs.by, scale: rungs.scales[round], ...fold, seed });
}

/** The problem of a whole training is in the store already, as the command prepared it. */
const problemRef = async (store: ObjectStore, sweep: SweepProblem, place: InRound): Promise<ObjectRef> =>
  sweep.rungs.scales[place.round] >= 1 && place.job.fold === null
    ? place.cell.search
    : putProblem(store, await problemOf(store, sweep, place));

/** Notes the accuracies of a rung and which settings continue; after the last rung, what is chosen. */
export async function mergeNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
  parts: readonly (Solved | undefined)[],
): Promise<Merged> {
  const began = performance.now();
  const sweep = await getSweep(store, node.problem);
  const before = await resultSoFar(store, state);
  const { result, again } =
    state.round < sweep.rungs.scales.length
      ? await afterRung(store, sweep, { before, round: state.round, parts })
      : { result: afterFinals(before, parts), again: false };
  const validation = bestMean(result);
  const accuracy = { train: null, validation };
  const solved: Solved = {
    name: node.name,
    incumbent: await putResult(store, result),
    trace: await putTrace(store, {
      round: state.round,
      objective: null,
      bound: null,
      accuracy,
      parts: parts.map((part) => part ?? null),
      before: state.current?.trace,
    }),
    objective: null,
    bound: null,
    accuracy,
    ...sumOfParts(state.current, parts, (performance.now() - began) / 1000),
    stopped: false,
  };
  return { solved, again };
}

interface Rung {
  readonly before: SweepResult;
  readonly round: number;
  readonly parts: readonly (Solved | undefined)[];
}

async function afterRung(
  store: ObjectStore,
  sweep: SweepProblem,
  { before, round, parts }: Rung,
): Promise<{ readonly result: SweepResult; readonly again: boolean }> {
  const { scales, factor } = sweep.rungs;
  const isLast = round === scales.length - 1;
  const jobs = rungJobs(sweep, before.rungs.at(-1));
  const runs: RungRun[] = [];
  for (const [at, job] of jobs.entries())
    runs.push({ ...job, validation: await validationOf(store, sweep, { job, round, part: parts[at] }) });
  const complete = jobs.every((_, at) => isWhole(parts[at]));
  const kept = sweep.divisions.map((_, division) => {
    const own = runs.filter(({ repeat }) => sweep.repeats[repeat].division === division);
    const settings = [...new Set(own.map(({ setting }) => setting))];
    return complete ? ranked(settings, own).slice(0, isLast ? 1 : keptOf(settings.length, factor)) : [];
  });
  const rung: RungResult = { scale: scales[round], runs, complete, kept };
  const chosen = isLast && complete ? kept.map(([best]) => best ?? null) : [];
  const finals = chosen.length > 0 && sweep.final ? await finalsOf(store, sweep, { chosen, jobs, parts }) : [];
  return {
    result: { rungs: [...before.rungs, rung], chosen, finals },
    again: isLast ? finals.some(({ incumbent }) => !incumbent) : kept.some((settings) => settings.length > 0),
  };
}

interface Trained extends Pick<InRound, 'job' | 'round'> {
  readonly part: Solved | undefined;
}

/** Accuracy on the rows that judge a training, by the forward pass; a leaf does not measure it. */
async function validationOf(
  store: ObjectStore,
  sweep: SweepProblem,
  { job, round, part }: Trained,
): Promise<number | null> {
  if (!part?.incumbent || !isWhole(part)) return null;
  if (part.accuracy.validation !== null) return part.accuracy.validation;
  const cell = await getCell(store, sweep.cells[job.setting][job.repeat]);
  const problem = await problemOf(store, sweep, { job, cell, round });
  const { network } = await getIncumbent(store, part.incumbent);
  return (await accuracyOn(store, problem, network)).validation;
}

interface LastRung {
  readonly chosen: readonly (number | null)[];
  readonly jobs: readonly Job[];
  readonly parts: readonly (Solved | undefined)[];
}

/** The networks of the last round; those that the last rung has trained already are taken from it. */
async function finalsOf(
  store: ObjectStore,
  sweep: SweepProblem,
  { chosen, jobs, parts }: LastRung,
): Promise<FinalRun[]> {
  return Promise.all(
    finalJobs(sweep, chosen).map(async ({ setting, repeat }) => {
      const { searchIsFinal } = await getCell(store, sweep.cells[setting][repeat]);
      const at = jobs.findIndex((job) => job.setting === setting && job.repeat === repeat);
      const incumbent = searchIsFinal && sweep.folds === 0 ? parts[at]?.incumbent : undefined;
      return { setting, repeat, ...(incumbent && { incumbent }), stopped: false };
    }),
  );
}

function afterFinals(before: SweepResult, parts: readonly (Solved | undefined)[]): SweepResult {
  let next = 0;
  const finals = before.finals.map((final) => {
    if (final.incumbent) return final;
    const part = parts[next++];
    return { ...final, ...(part?.incumbent && { incumbent: part.incumbent }), stopped: !isWhole(part) };
  });
  return { ...before, finals };
}

/** The best mean on validation rows in the last rung that is known, for people who watch. */
function bestMean({ rungs }: SweepResult): number | null {
  const runs = rungs.at(-1)?.runs ?? [];
  const [best] = ranked([...new Set(runs.map(({ setting }) => setting))], runs);
  if (best === undefined) return null;
  return spreadOf(runs.flatMap(({ setting, validation }) => (setting === best ? [validation!] : [])))!.mean;
}

/** A sweep is divided, always. */
export function solveLeaf(): never {
  throw new Error('a sweep has no leaves of its own');
}
