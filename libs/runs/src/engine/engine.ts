import type { Solved } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import type { RunServer, RunToStart } from '../server/run-server.js';

export interface EngineRun extends RunToStart {
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: stop the run and return the incumbent. */
  readonly signal: AbortSignal;
}

/** What drives the recursion: Temporal, or this process. */
export interface Engine {
  readonly kind: 'temporal' | 'local';
  /** null for a run of this process alone. */
  readonly server: RunServer | null;
  /** Where to watch; null if there is no UI. */
  uiUrlOf(run: string): string | null;
  /** Starts a run and watches it to its end. */
  run(run: EngineRun): Promise<Solved>;
  /** Starts a run that does not need this process any more; absent if every run needs it. */
  start?(run: RunToStart): Promise<void>;
  close(): Promise<void>;
}
