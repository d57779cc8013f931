import { join, sep } from 'node:path';
import { openAnyStore } from '@mipnet/activities';
import { openDataset } from '@mipnet/dataset';
import { countLeaves, type Solved } from '@mipnet/recursion';
import { getIncumbent, getProblem } from '@mipnet/training';
import { CliError } from '../cli-error.js';
import { writeNetwork } from '../commands/write-network.js';
import { exitCode } from '../exit-code.js';
import { type Paths, privateFile } from '@mipnet/stack/folders';
import { plainJson, plainText } from '@mipnet/text';
import {
  readRecord,
  recordOrWatched,
  trainAskedOf,
  writeRecord,
  type RunEnd,
  type RunRequest,
  type ServerPlace,
} from './run-record.js';
import { summaryOf, trainReport, type TrainReport } from './train-report.js';
import { collectVerification, printVerification } from './verification-end.js';
import { exitCodeOfRun, failedLine } from './what-is-missing.js';

export interface Collected {
  readonly request: RunRequest;
  readonly server: ServerPlace | null;
  readonly uiUrl: string | null;
  readonly solved: Solved;
  /** ISO 8601 */
  readonly endedAt: string;
}

/**
 * The end of a run, whoever comes for it: writes the network file, computes the report from it and notes it in the run's
 * record. The run, its store and its result are all it needs, so that a run outlives the process that started it.
 * @param out where to write the network; left out: where the run was told to, else mipnet's own folder
 * @throws CliError 'failed' for a run that has no network
 */
export async function collectRun(paths: Pick<Paths, 'data'>, collected: Collected, out?: string): Promise<TrainReport> {
  const { request, server, uiUrl, solved, endedAt } = collected;
  const record = await recordOrWatched(paths, request, server);
  const end: RunEnd = { status: solved.stopped ? 'stopped' : 'completed', at: endedAt, solved };
  await writeRecord(paths, { ...record, end: { ...record.end, ...end } });
  if (!solved.incumbent) throw withoutNetwork(solved);
  const store = await openAnyStore(request.storeUrl);
  const { plan, origin } = trainAskedOf(request);
  const { network } = await getIncumbent(store, solved.incumbent);
  const { dataset } = await getProblem(store, request.node.problem);
  const { name, classes } = await openDataset(store, dataset);
  const file =
    out ?? record.out ?? record.end?.report?.network.file ?? join(paths.data, 'networks', `${request.run}.onnx`);
  const metadata = { name: plan.name, dataset: name, classes: classes.join(','), ...origin };
  await writeNetwork(file, { ...network, metadata }, file.startsWith(join(paths.data, sep)) ? privateFile : undefined);
  const report = await trainReport(store, {
    request,
    workflowId: server === null ? null : request.run,
    uiUrl: uiUrl ?? record.end?.report?.uiUrl ?? null,
    solved,
    file,
    endedAt,
  });
  await writeRecord(paths, { ...record, end: { ...end, report } });
  return report;
}

export interface EndOptions {
  readonly out?: string;
  readonly json?: boolean;
  /** Takes what a person must know besides the result. */
  readonly say: (line: string) => void;
}

/** Ends a run of any kind and prints what it came to. @returns the exit code */
export async function endRun(
  paths: Pick<Paths, 'data'>,
  collected: Collected,
  { out, json, say }: EndOptions,
): Promise<number> {
  const { request, solved } = collected;
  const failed = failedLine(solved);
  if (request.asked.kind === 'verify') {
    const end = await collectVerification(paths, collected);
    if (failed !== undefined) say(failed);
    printVerification(end, json);
    return end.failed > 0 ? exitCode.incomplete : exitCodeOfRun(solved);
  }
  const report = await collectRun(paths, collected, out);
  if (failed !== undefined) say(failed);
  process.stdout.write(json ? plainJson(report) : plainText(summaryOf(report, solved.stopped)));
  return exitCodeOfRun(solved);
}

/** Notes in a run's record why it ended without a result. */
export async function noteFailure(
  paths: Pick<Paths, 'data'>,
  run: string,
  message: string,
  at = new Date().toISOString(),
): Promise<void> {
  const record = await readRecord(paths, run);
  if (record) await writeRecord(paths, { ...record, end: { status: 'failed', at, message } });
}

function withoutNetwork({ leaves, failures = [], stopped }: Solved): CliError {
  if (stopped)
    return new CliError('failed', 'the run was stopped before the first MIP had a solution, so there is no network');
  const [first] = failures;
  const why = first === undefined ? 'the logs of the workers say why' : `${first.name}: ${first.why}`;
  return new CliError(
    'failed',
    `no usable network: ${countLeaves(leaves)} MIPs ended, ${leaves.failed} of them failed; ${why}`,
  );
}
