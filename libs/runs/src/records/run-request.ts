import type { ProblemNode, Solved } from '@mipnet/recursion';
import type { Stack } from '@mipnet/stack';

/** The request of a run. Each kind of run adds its own fields; the root of its tree is of the same kind. */
export interface Asked {
  readonly kind: string;
}

/** A run as requested. It is also the memo of the run's workflow, so that any machine can finish the run. */
export interface RunRequest<Of extends Asked = Asked> {
  readonly run: string;
  readonly asked: Of;
  /** The root of the tree. */
  readonly node: ProblemNode;
  readonly storeUrl: string;
  /** ISO 8601 */
  readonly startedAt: string;
}

/** The Temporal server of a run, if it had one. */
export type ServerPlace = Pick<Stack, 'kind' | 'address' | 'namespace' | 'uiUrl'>;

export interface RunEnd {
  readonly status: 'completed' | 'stopped' | 'failed';
  /** ISO 8601 */
  readonly at: string;
  readonly solved?: Solved;
  /** Of a failure. */
  readonly message?: string;
  /** The output of the run's kind, after a command has collected it. */
  readonly report?: object;
}

export const recordFormat = 'mipnet run 1';

/** Of the machine that started a run, for its report. */
export interface RunEnvironment {
  /** Version of mipnet, with the commit if it is a checkout. */
  readonly mipnet: string;
  readonly node: string;
  /** Operating system, processor, cores, memory. */
  readonly machine: string;
  /** Of the Temporal server; null without one. */
  readonly temporal: string | null;
  /** As asked for; workers of a cluster have their own. */
  readonly slots: number;
}

export interface RunRecord extends RunRequest {
  readonly format: typeof recordFormat;
  readonly environment?: RunEnvironment;
  /** null: the run is driven by the process that started it, alone. */
  readonly server: ServerPlace | null;
  /** Where the result was asked for with --out. */
  readonly out?: string;
  /** Another machine or person started the run; this record was made when its result was collected here. */
  readonly watched?: boolean;
  readonly end?: RunEnd;
}

/** How a run ended that has a result. */
export const endOf = (solved: Solved, at: string): RunEnd => ({
  status: solved.stopped ? 'stopped' : 'completed',
  at,
  solved,
});

/** A run that has ended with a result. */
export interface EndedRun<Of extends Asked = Asked> {
  readonly request: RunRequest<Of>;
  /** null: no server drove it. */
  readonly server: ServerPlace | null;
  readonly uiUrl: string | null;
  readonly solved: Solved;
  /** ISO 8601 */
  readonly endedAt: string;
}
