import type { StoreIdentity } from '@mipnet/object-store';
import type { Budget, ProblemNode, Solved } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import type { RunRequest } from '../runs/run-record.js';
import type { RunServer } from './run-server.js';

export interface EngineRun {
  readonly run: string;
  readonly node: ProblemNode;
  /** Where the run's objects are: workers of another store refuse its work. */
  readonly store: StoreIdentity;
  /** What was asked for: it travels with a workflow, so that another process can finish the run. */
  readonly request?: RunRequest;
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: stop the run and hand back the incumbent. */
  readonly signal: AbortSignal;
  /** Among runs that share workers: 1 goes first, 5 last. A local run has nobody to share with. @default 3 */
  readonly priority?: number;
  /** What the run may cost, and what is good enough. */
  readonly budget?: Budget;
}

/** What drives the recursion: Temporal, or this process. */
export interface Engine {
  readonly kind: 'temporal' | 'local';
  /** null for a run of this process alone. */
  readonly server: RunServer | null;
  /** Where to watch; null where there is no UI. */
  uiUrlOf(run: string): string | null;
  /** Starts a run and watches it to its end. */
  run(run: EngineRun): Promise<Solved>;
  close(): Promise<void>;
}
