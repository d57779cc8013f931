import type { ProblemNode, Solved } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';

export interface EngineRun {
  readonly run: string;
  readonly node: ProblemNode;
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: stop the run and hand back the incumbent. */
  readonly signal: AbortSignal;
  /** Among runs that share workers: 1 goes first, 5 last. A local run has nobody to share with. @default 3 */
  readonly priority?: number;
}

/** What drives the recursion: Temporal, or this process. */
export interface Engine {
  readonly kind: 'temporal' | 'local';
  /** Where to watch; null where there is no UI. */
  uiUrlOf(workflowId: string): string | null;
  run(run: EngineRun): Promise<Solved>;
  close(): Promise<void>;
}
