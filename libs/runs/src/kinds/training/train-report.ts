// Tested by ../../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { openDataset } from '@mipnet/dataset';
import { networkDomain, nonZeroCount, parameterCount, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, type BudgetName, type Covers, type FailedLeaf, relativeGap } from '@mipnet/recursion';
import { defaultSolver } from '@mipnet/solver';
import { getProblem, type Metrics } from '@mipnet/training';
import { readNetworkFile } from '../../records/network-file.js';
import type { EndedRun } from '../../records/run-request.js';
import { fileFigures } from './file-figures.js';
import { namedWeights, type NamedNeuron } from './named-weights.js';
import { decidingNeurons } from './neuron-names.js';
import type { TrainAsked } from './train-asked.js';

/** What `train --json` prints: part of the command's contract. */
export interface TrainReport {
  readonly run: string;
  readonly workflowId: string | null;
  readonly dataset: {
    readonly name: string;
    readonly classes: readonly string[];
    readonly train: number;
    readonly test: number;
    /** Decisions while the data was read, one line each. */
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
  /** Of a table: the first neurons that read its columns; null for images. */
  readonly neurons: readonly NamedNeuron[] | null;
  /** What accuracy does not show, on the test rows; null without any. */
  readonly test: Metrics | null;
  /** What solved the MIPs; the version, or versions, that the solver prints; null if no MIP was solved. */
  readonly solver: { readonly name: string; readonly version: string | null };
  readonly objective: number | null;
  /**
   * What the objective covers if parts are missing; null: the whole problem. Bound and gap are null while it is set.
   */
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
  /** The part of the plan's budget that ended the run; null if none did. */
  readonly endedBy: BudgetName | null;
}

/** Every figure from the final file: it is read back and run on the data set in the store. */
export async function trainReport(
  store: ObjectStore,
  { request, server, uiUrl, solved, endedAt }: EndedRun<TrainAsked>,
  file: string,
): Promise<TrainReport> {
  const { network, bytes } = await readNetworkFile(file);
  const problem = await getProblem(store, request.node.problem);
  const dataset = await openDataset(store, problem.dataset);
  const { columns } = dataset.train;
  const { train, validation, test } = await fileFigures(store, problem, bytes, network);
  return {
    run: request.run,
    workflowId: server === null ? null : request.run,
    dataset: {
      name: dataset.name,
      classes: dataset.classes,
      train: problem.view.rows.length,
      test: dataset.test?.count ?? 0,
      reading: request.asked.reading ?? [],
    },
    network: { file, ...sizesOf(network) },
    accuracy: {
      train: train?.accuracy ?? null,
      validation: validation?.accuracy ?? null,
      test: test?.accuracy ?? null,
    },
    test,
    neurons: (columns && namedWeights(network, columns, decidingNeurons(request.asked.plan, dataset.classes))) ?? null,
    solver: { name: request.node.solver ?? defaultSolver, version: solved.solvers?.join(', ') ?? null },
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

const sizesOf = (network: Network): Pick<TrainReport['network'], 'parameters' | 'nonZero' | 'domain'> => ({
  parameters: parameterCount(network),
  nonZero: nonZeroCount(network),
  domain: networkDomain(network),
});
