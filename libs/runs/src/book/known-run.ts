// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts and ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import type { Progress } from '@mipnet/workflows';
import type { RunKind } from '../kinds/kind.js';
import { hasDatabase, type DataFolder } from '../records/run-folder.js';
import type { RunEnd, RunRecord, RunRequest, ServerPlace } from '../records/run-request.js';
import { RunError } from '../run-error.js';
import type { RunServer } from '../server/run-server.js';

/**
 * `lost`: the process that drove the run died; `unreachable`: its server is not running, or is not the one that
 * commands use now.
 */
export type RunStatus = 'running' | 'paused' | 'stopping' | 'completed' | 'stopped' | 'failed' | 'lost' | 'unreachable';

/** A run, from its record and from the data of its server. */
export interface KnownRun {
  readonly run: string;
  readonly kind: RunKind;
  readonly engine: 'temporal' | 'local';
  readonly status: RunStatus;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** undefined for a run of a cluster that another version of mipnet started. */
  readonly request: RunRequest | undefined;
  readonly record: RunRecord | undefined;
  /** Connected; undefined if there is none to talk to. */
  readonly server: RunServer | undefined;
  readonly end: RunEnd | undefined;
  /** While it runs and a worker answers. */
  readonly progress: Progress | undefined;
  /** What it waits for, while it runs and no worker works on it. */
  readonly waitsFor?: string;
}

/** @throws RunError 'bad-input' for a run of a version that did not note its request */
export function requestOf({ run, kind, request }: Pick<KnownRun, 'run' | 'kind' | 'request'>): RunRequest {
  if (request) return request;
  throw new RunError('bad-input', `${run} ${kind.withoutRequest.refusal}`);
}

/** The server that drives or drove it; null: none did. */
export const placeOf = ({ server, record }: Pick<KnownRun, 'server' | 'record'>): ServerPlace | null =>
  server?.place ?? record?.server ?? null;

/** --out is for a kind whose result is a file. @throws RunError 'bad-input' */
export function refuseOut({ run, kind }: Pick<KnownRun, 'run' | 'kind'>): void {
  if (kind.withoutFile !== undefined)
    throw new RunError('bad-input', `--out: ${run} is a ${kind.title}, ${kind.withoutFile}`);
}

/** Whether a lost run can be continued: its server's database is here. */
export const canRevive = async (paths: DataFolder, { status, record }: KnownRun): Promise<boolean> =>
  status === 'lost' && record?.server?.kind === 'own' && (await hasDatabase(paths, record.run));
