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
  /** Id of the run. */
  readonly run: string;
  /** Of its Temporal workflow; null for the engine local. */
  readonly workflowId: string | null;
  readonly dataset: {
    readonly name: string;
    readonly classes: readonly string[];
    /** Training rows, without their copies. */
    readonly train: number;
    readonly test: number;
    /** Decisions while the data was read, one line each. */
    readonly reading: readonly string[];
  };
  readonly network: {
    /** Path of the network file (ONNX). */
    readonly file: string;
    readonly parameters: number;
    /** Parameters that are not zero. */
    readonly nonZero: number;
    /** Domain of the weights, such as ternary. */
    readonly domain: string;
  };
  readonly accuracy: {
    /** Fractions of the rows, 0..1, from a forward pass of the file; null without such rows. */
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
  /** Of the first objective of the plan, summed over the parts; null if no part has a network. */
  readonly objective: number | null;
  /**
   * What the objective covers if parts are missing; null: the whole problem. Bound and gap are null while it is set.
   */
  readonly covers: Covers | null;
  /** Proven lower bound of the objective; null if there is none of the whole. */
  readonly bound: number | null;
  /** (objective - bound) / absolute objective. */
  readonly gap: number | null;
  readonly subproblems: {
    readonly total: number;
    /** Proven optimal. */
    readonly optimal: number;
    /** Of the optimal ones, those that only the solver's branch and cut says to be optimal. */
    readonly bySolver: number;
    /** With a network and a bound. */
    readonly feasible: number;
    /** Without a bound. */
    readonly unresolved: number;
    readonly failed: number;
    /** Of all, those whose result an earlier run had kept. */
    readonly reused: number;
    /** Those that did not end because of a stop. */
    readonly unfinished: number;
  };
  /** The first subproblems that failed, and why. */
  readonly failures: readonly FailedLeaf[];
  /** Wall clock of the run, and the sums over its solves and its merges. */
  readonly seconds: { readonly wall: number; readonly solver: number; readonly merge: number };
  /** The run's page in the Temporal UI; null if there is none. */
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
      bySolver: solved.leaves.bySolver ?? 0,
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
