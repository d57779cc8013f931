import { openDataset } from '@mipnet/dataset';
import { networkDomain, nonZeroCount, parameterCount, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, coversText, type BudgetName, type Covers, type FailedLeaf, type Solved } from '@mipnet/recursion';
import { accuracyOn, getProblem, testAccuracyOn } from '@mipnet/training';
import { relativeGap } from '@mipnet/workflows';
import { readNetwork } from '../commands/read-network.js';
import type { RunRequest } from './run-record.js';
import { durationText, mipnetCommand } from '@mipnet/text';

/** What `train --json` prints: part of the command's contract. */
export interface TrainReport {
  readonly run: string;
  readonly workflowId: string | null;
  readonly dataset: {
    readonly name: string;
    readonly train: number;
    readonly test: number;
    /** What was decided when the data was read, one line each. */
    readonly reading: readonly string[];
  };
  readonly network: {
    readonly file: string;
    readonly parameters: number;
    readonly nonZero: number;
    readonly domain: string;
  };
  readonly accuracy: {
    readonly train: number | null;
    readonly validation: number | null;
    readonly test: number | null;
  };
  readonly objective: number | null;
  /** What the objective speaks about when parts are missing; null: the whole. Bound and gap are null while it is set. */
  readonly covers: Covers | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly subproblems: {
    readonly total: number;
    readonly optimal: number;
    readonly feasible: number;
    readonly unresolved: number;
    readonly failed: number;
    readonly reused: number;
    readonly unfinished: number;
  };
  /** The first subproblems that failed, and why. */
  readonly failures: readonly FailedLeaf[];
  readonly seconds: { readonly wall: number; readonly solver: number; readonly merge: number };
  readonly uiUrl: string | null;
  /** The part of the plan's budget that ended the run; null where none did. */
  readonly endedBy: BudgetName | null;
}

export interface EndedRun {
  readonly request: RunRequest;
  readonly workflowId: string | null;
  readonly uiUrl: string | null;
  readonly solved: Solved;
  /** The network file that was written. */
  readonly file: string;
  /** ISO 8601 */
  readonly endedAt: string;
}

/** Every figure from the final file: the network is read back and run on the data set in the store. */
export async function trainReport(
  store: ObjectStore,
  { request, workflowId, uiUrl, solved, file, endedAt }: EndedRun,
): Promise<TrainReport> {
  const network = await readNetwork(file);
  const problem = await getProblem(store, request.node.problem);
  const dataset = await openDataset(store, problem.dataset);
  return {
    run: request.run,
    workflowId,
    dataset: {
      name: dataset.name,
      train: problem.view.rows.length,
      test: dataset.test?.count ?? 0,
      reading: readingOf(request),
    },
    network: { file, ...sizesOf(network) },
    accuracy: { ...(await accuracyOn(store, problem, network)), test: await testAccuracyOn(store, dataset, network) },
    objective: solved.objective,
    covers: solved.covers ?? null,
    bound: solved.bound,
    gap: relativeGap(solved.objective, solved.bound),
    subproblems: {
      total: countLeaves(solved.leaves) + (solved.leaves.unfinished ?? 0),
      ...solved.leaves,
      reused: solved.leaves.reused ?? 0,
      unfinished: solved.leaves.unfinished ?? 0,
    },
    failures: solved.failures ?? [],
    seconds: { wall: (Date.parse(endedAt) - Date.parse(request.startedAt)) / 1000, ...solved.seconds },
    uiUrl,
    endedBy: solved.endedBy ?? null,
  };
}

const readingOf = ({ asked }: RunRequest): readonly string[] => (asked.kind === 'train' ? (asked.reading ?? []) : []);

const sizesOf = (network: Network): Pick<TrainReport['network'], 'parameters' | 'nonZero' | 'domain'> => ({
  parameters: parameterCount(network),
  nonZero: nonZeroCount(network),
  domain: networkDomain(network),
});

const wordOf: Readonly<Record<BudgetName, string>> = {
  wall: 'time',
  solverSeconds: 'solver time',
  subproblems: 'subproblems',
  gap: 'gap',
  accuracy: 'validation accuracy',
};

function objectiveText({ objective, covers, bound, gap }: TrainReport): string {
  const value = objective?.toFixed(3) ?? 'none';
  if (covers) return `${value} of ${coversText(covers)} only; there is no bound of the whole`;
  return `${value}, proven bound ${bound?.toFixed(3) ?? 'none'}, gap ${gap === null ? 'none' : `${(100 * gap).toFixed(2)}%`}`;
}

/** The same for a person to read. */
export function summaryOf(report: TrainReport, stopped: boolean): string {
  const percent = (share: number | null): string => (share === null ? 'none' : `${(100 * share).toFixed(2)}%`);
  const { accuracy, subproblems, seconds, network, dataset } = report;
  const ended =
    subproblems.unfinished > 0
      ? `${subproblems.total - subproblems.unfinished} of ${subproblems.total} ended`
      : subproblems.total;
  const lines = [
    `accuracy     ${percent(accuracy.test)} on ${dataset.test} test samples, ${percent(accuracy.validation)} on validation, ${percent(accuracy.train)} on the ${dataset.train} training samples`,
    `objective    ${objectiveText(report)}`,
    `subproblems  ${ended}: ${subproblems.optimal} proven optimal, ${subproblems.feasible} feasible with a bound, ${subproblems.unresolved} unresolved, ${subproblems.failed} failed${subproblems.reused > 0 ? `; ${subproblems.reused} taken from earlier runs (--set solver.reuse=false solves them again)` : ''}`,
    `network      ${network.parameters} parameters, ${network.nonZero} not zero, weights ${network.domain}`,
    `time         ${durationText(seconds.wall)} (solvers ${seconds.solver.toFixed(1)} s, merging ${seconds.merge.toFixed(1)} s)`,
    `file         ${network.file}`,
    `run          ${report.run}`,
    ...nextSteps(report).map(([what, command]) => `${what.padEnd(12)} ${command}`),
  ];
  const early =
    report.endedBy === null ? 'stopped early' : `stopped early: the budget of ${wordOf[report.endedBy]} is used up`;
  const why = stopped
    ? `${early}; this is the best network so far. "mipnet resume --from ${report.run}" goes on from it\n`
    : report.endedBy === null
      ? ''
      : `the target of the budget is met: ${wordOf[report.endedBy]}\n`;
  return `${why}${lines.join('\n')}\n`;
}

/** Without test rows there is nothing to check or to prove. */
function nextSteps({ run, network: { file }, dataset: { test } }: TrainReport): readonly (readonly [string, string])[] {
  const report = ['report', mipnetCommand('report', run)] as const;
  if (test === 0) return [report];
  const images = test === 1 ? '0' : `0..${Math.min(10, test) - 1}`;
  return [
    ['check it', mipnetCommand('evaluate', file)],
    ['prove it', mipnetCommand('verify', file, '--images', images, '--epsilon', '0.02')],
    report,
  ];
}
